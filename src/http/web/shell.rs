//! The HTML of the pages as Vite built it, told where the server stands.

/// A page's HTML, with the addresses of what it loads.
pub struct Shell {
    html: String,
}

impl Shell {
    /// The page for a server that is served under this path, which is empty or begins with a slash. Vite's addresses are
    /// relative to the root.
    pub fn new(html: &[u8], prefix: &str) -> Self {
        let html = String::from_utf8_lossy(html)
            .replace("=\"./", &format!("=\"{prefix}/"))
            .replace("data-base=\"/\"", &format!("data-base=\"{prefix}/\""));
        Self { html }
    }

    /// The page as it was built.
    pub fn html(&self) -> &str {
        &self.html
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_told_where_the_server_stands() {
        let built = b"<html data-base=\"/\"><script src=\"./assets/a.js\"></script><a href=\"./b\">";
        for (prefix, expected) in [
            (
                "",
                "<html data-base=\"/\"><script src=\"/assets/a.js\"></script><a href=\"/b\">",
            ),
            (
                "/zoo",
                "<html data-base=\"/zoo/\"><script src=\"/zoo/assets/a.js\"></script><a href=\"/zoo/b\">",
            ),
        ] {
            assert_eq!(Shell::new(built, prefix).html(), expected);
        }
    }
}
