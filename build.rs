//! Makes sure that the folder of the built pages exists, so that the server builds without Node, and rebuilds when
//! the pages change.

fn main() -> std::io::Result<()> {
    std::fs::create_dir_all("web/dist")?;
    println!("cargo:rerun-if-changed=web/dist");
    println!("cargo:rerun-if-changed=schema/collections");
    println!("cargo:rerun-if-changed=seed");
    Ok(())
}
