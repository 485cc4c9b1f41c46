//! Makes sure that the folder of the built pages exists, so that the server builds without Node, and rebuilds when
//! the pages change. Collects the notices of all crates that the program is made of, for `menagerie licenses`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    fs::create_dir_all("web/dist")?;
    println!("cargo:rerun-if-changed=web/dist");
    println!("cargo:rerun-if-changed=schema/collections");
    println!("cargo:rerun-if-changed=seed");
    println!("cargo:rerun-if-changed=Cargo.lock");
    let notices = notices().unwrap_or_else(|| {
        println!("cargo:warning=the notices of the crates could not be collected");
        "The notices of the crates could not be collected when this program was built; Cargo.lock lists them.\n"
            .to_owned()
    });
    let folder = env::var("OUT_DIR").map_err(io::Error::other)?;
    fs::write(Path::new(&folder).join("notices.txt"), notices)
}

/// Each crate with its licence, then each text once with the crates that it comes with.
fn notices() -> Option<String> {
    let crates = crates()?;
    let sources = sources()?;
    let mut list = String::new();
    let mut texts: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for (name, licence) in &crates {
        list.push_str(&format!("{name}: {licence}\n"));
        // As the folders of the registry are called.
        let folder = sources.iter().map(|source| source.join(name.replacen(' ', "-", 1)));
        for text in folder.flat_map(|folder| texts_in(&folder)).collect::<BTreeSet<_>>() {
            texts.entry(text).or_default().push(name);
        }
    }
    for (text, names) in texts {
        list.push_str(&format!("\n{:=<80}\n{}\n\n{}\n", "", names.join(", "), text.trim()));
    }
    Some(list)
}

/// The crates that are built for this target, `NAME VERSION`, each with its licence.
fn crates() -> Option<BTreeSet<(String, String)>> {
    let tree = Command::new(env::var("CARGO").ok()?)
        .args(["tree", "--locked", "--offline", "--edges", "normal", "--prefix", "none"])
        .args(["--format", "{p}\t{l}", "--target", &env::var("TARGET").ok()?])
        .output()
        .ok()?;
    let listed = String::from_utf8(tree.stdout).ok().filter(|_| tree.status.success())?;
    let of_line = |line: &str| {
        let (package, licence) = line.split_once('\t')?;
        let mut words = package.split(' ');
        let (name, version) = (words.next()?, words.next()?.strip_prefix('v')?);
        let licence = licence.trim_end_matches(" (*)").to_owned();
        (name != "menagerie").then(|| (format!("{name} {version}"), licence))
    };
    Some(listed.lines().filter_map(of_line).collect())
}

/// The folders in which the registries' crates are unpacked.
fn sources() -> Option<Vec<PathBuf>> {
    let home = env::var("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|_| env::var("HOME").map(|home| Path::new(&home).join(".cargo")));
    let registries = fs::read_dir(home.ok()?.join("registry/src")).ok()?;
    Some(registries.filter_map(|entry| Some(entry.ok()?.path())).collect())
}

/// The notices in a crate's folder; where it offers several licences, the shorter of the usual two.
fn texts_in(folder: &Path) -> Vec<String> {
    let mut files: Vec<(String, PathBuf)> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let entry = entry.ok()?;
            Some((entry.file_name().to_string_lossy().to_uppercase(), entry.path()))
        })
        .filter(|(name, _)| {
            ["LICENSE", "LICENCE", "COPYING", "NOTICE", "UNLICENSE"]
                .iter()
                .any(|word| name.starts_with(word))
        })
        .collect();
    if files.iter().any(|(name, _)| name.contains("MIT")) {
        files.retain(|(name, _)| name.contains("MIT") || name.starts_with("NOTICE"));
    }
    files.sort();
    files
        .into_iter()
        .filter_map(|(_, path)| fs::read_to_string(path).ok())
        .collect()
}
