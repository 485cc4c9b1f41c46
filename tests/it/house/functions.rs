//! Functions fit on a page: a longer one does several things, or is a table, which is no function.

use super::{File, none, pattern, sources};

/// The most lines of a function, from its `fn` to its closing brace; what is nested counts.
const LONGEST: usize = 60;

/// The functions of a file: the line that each begins in, its name, and how many lines it has.
fn functions(file: &File) -> Vec<(usize, String, usize)> {
    let head = pattern(r#"^(\s*)(?:pub(?:\([^)]*\))? )?(?:(?:const|async|unsafe|extern "\w+") )*fn (\w+)"#);
    let lines: Vec<&str> = file.text.lines().collect();
    let mut found = Vec::new();
    for (place, line) in lines.iter().enumerate() {
        let Some(head) = head.captures(line) else { continue };
        let indentation = &head[1];
        // All on one line, the brace, or the end of a head without a body.
        let ends = |(at, line): &(usize, &&str)| {
            let inner = line.strip_prefix(indentation).unwrap_or_default();
            *at == 0 && inner.ends_with(['}', ';']) || inner == "}" || inner.starts_with(')') && inner.ends_with(';')
        };
        let end = lines[place..].iter().enumerate().find(ends);
        let end = end.unwrap_or_else(|| panic!("{}:{}: where does it end?", file.path, place + 1));
        found.push((place + 1, head[2].to_owned(), end.0 + 1));
    }
    found
}

#[test]
fn no_function_is_longer_than_a_page() {
    let mut broken = Vec::new();
    for file in sources() {
        let long = functions(&file).into_iter().filter(|(.., lines)| *lines > LONGEST);
        broken.extend(long.map(|(line, name, lines)| format!("{}:{line}: {name} has {lines} lines", file.path)));
    }
    none(&format!("no function has more than {LONGEST} lines"), broken);
}

#[test]
fn the_lines_of_a_function_are_counted_from_its_head_to_its_brace() {
    let body = "        let inner = || {\n            1\n        };\n".repeat(20);
    let text = format!(
        "impl One {{\n    pub(super) async fn long(\n        self,\n    ) -> u8 {{\n{body}        1\n    }}\n\n    fn short() {{}}\n}}\n\
         trait Two {{\n    fn bare(&self);\n    fn broken(\n        &self,\n    ) -> u8;\n}}\n\nconst fn three() {{\n}}\n"
    );
    let file = File {
        path: "src/one.rs".into(),
        text,
    };
    let found = functions(&file);
    let found: Vec<_> = found
        .iter()
        .map(|(line, name, lines)| (*line, name.as_str(), *lines))
        .collect();
    assert_eq!(
        found,
        [
            (2, "long", 65),
            (68, "short", 1),
            (71, "bare", 1),
            (72, "broken", 3),
            (77, "three", 2)
        ]
    );
}
