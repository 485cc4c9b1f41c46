//! Wrong settings and a database that does not answer: the status tells which, the message what to do, and no password
//! is in it.

use std::process::Command;

use super::{ends_with, program};

/// sysexits.h: EX_UNAVAILABLE and EX_CONFIG.
const UNAVAILABLE: i32 = 69;
const CONFIGURATION: i32 = 78;

fn with(variables: &[(&str, &str)]) -> Command {
    let mut command = program(&std::env::temp_dir());
    command.envs(variables.iter().copied());
    command
}

#[test]
fn an_unknown_name_or_a_wrong_value_ends_every_command_that_reads_them() {
    let cases = [
        (
            ("MENAGERIE_BNID", "127.0.0.1:0"),
            "MENAGERIE_BNID is not a variable of Menagerie; did you mean MENAGERIE_BIND?",
        ),
        (
            ("MENAGERIE_BIND", "8080"),
            "MENAGERIE_BIND is \"8080\"; accepted: an IP address and a port",
        ),
        (
            ("MENAGERIE_POOL_SIZE", "0"),
            "MENAGERIE_POOL_SIZE is \"0\"; accepted: a whole number from 1 to 1000",
        ),
        (
            ("MENAGERIE_SEED", "article,,x"),
            "MENAGERIE_SEED is \"article,,x\"; accepted: auto, none, or names of seed sets",
        ),
        (("MENAGERIE_LOG", "menagerie=loud"), "MENAGERIE_LOG: "),
        (
            ("MONGODB_DATABASE", "admin"),
            "MONGODB_DATABASE is \"admin\"; accepted: ",
        ),
    ];
    for (variable, expected) in cases {
        let commands: [&[&str]; 5] = [&[], &["serve"], &["seed"], &["generate", "--gifts", "1"], &["check"]];
        for arguments in commands {
            let said = ends_with(with(&[variable]).args(arguments), CONFIGURATION);
            assert!(
                said.starts_with("menagerie: ") && said.contains(expected),
                "{arguments:?}: {said}"
            );
        }
    }
}

#[test]
fn all_that_is_wrong_with_the_settings_is_told_at_once_also_from_the_file() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(
        folder.path().join(".env"),
        "MENAGERIE_PAGE_SIZE=none\nMENAGERIE_WORKRES=2\n",
    )
    .expect("written");
    let said = ends_with(program(folder.path()).env("MENAGERIE_LOG_FORMAT", "xml"), CONFIGURATION);
    for part in [
        "MENAGERIE_PAGE_SIZE is \"none\"",
        "did you mean MENAGERIE_WORKERS?",
        "MENAGERIE_LOG_FORMAT is \"xml\"",
    ] {
        assert!(said.contains(part), "{part} in {said}");
    }
}

#[test]
fn an_unknown_option_of_a_uri_is_named_and_so_is_a_name_that_is_meant_for_the_database() {
    let uri = "mongodb://zoo:s3cret@127.0.0.1:1/?replicaSett=rs0";
    let said = ends_with(with(&[("MONGODB_URI", uri)]).arg("check"), CONFIGURATION);
    assert!(
        said.to_lowercase().contains("option `replicasett`") && !said.contains("s3cret"),
        "{said}"
    );
    for (name, meant) in [
        ("MONGODB_URL", "MONGODB_URI"),
        ("MONGO_URI", "MONGODB_URI"),
        ("MONGODB_DB", "MONGODB_DATABASE"),
    ] {
        let said = ends_with(with(&[(name, uri)]).arg("check"), CONFIGURATION);
        assert!(
            said.contains(&format!("{name} is not a variable of Menagerie; did you mean {meant}?")),
            "{said}"
        );
        assert!(!said.contains("s3cret"), "{said}");
    }
}

#[test]
fn no_wrong_uri_brings_its_password_to_the_terminal() {
    for uri in [
        "postgres://zoo:s3cret@127.0.0.1/",
        "mongodb:/zoo:s3cret@127.0.0.1/",
        "zoo:s3cret@127.0.0.1",
        // Characters that should have been percent-encoded.
        "mongodb://zoo:s3cret/@127.0.0.1/",
        "mongodb://zoo:/s3cret@127.0.0.1/",
        "mongodb://zoo:p@s3cret@127.0.0.1/",
        "mongodb://zoo:s3cret%@127.0.0.1/",
        "mongodb://zoo:%zs3cret@127.0.0.1/",
        "mongodb://zoo:s3cret:x@127.0.0.1/",
        "mongodb://zoo:?s3cret@127.0.0.1/",
        "mongodb://zoo:#s3cret@127.0.0.1/",
        "mongodb+srv://zoo:s3cret@127.0.0.1:27017/",
        // Good up to the password, wrong after it.
        "mongodb://zoo:s3cret",
        "mongodb://zoo:s3cret@",
        "mongodb://zoo:s3cret@127.0.0.1:port/",
        "mongodb://zoo:s3cret@127.0.0.1:99999/",
        "mongodb://zoo:s3cret@127.0.0.1/?maxPoolSize=many",
        "mongodb://zoo:s3cret@127.0.0.1/?authMechanism=s3cret",
        "mongodb://zoo:s3cret@127.0.0.1/?readPreference=s3cret",
    ] {
        let said = ends_with(
            with(&[("MONGODB_URI", uri), ("MENAGERIE_LOG", "trace")]).arg("check"),
            CONFIGURATION,
        );
        assert!(said.contains("(not shown, it may hold a password)"), "{uri}: {said}");
        assert!(said.contains("mongodb://"), "it says what is accepted: {said}");
        assert!(!said.contains("s3cret"), "{uri}: {said}");
    }
}

#[test]
fn a_database_that_does_not_answer_is_told_with_a_status_of_its_own_and_without_its_password() {
    let uri = "mongodb://zoo:s3cret@127.0.0.1:1/?authSource=admin";
    // All at once, since each gives the database its five seconds.
    let commands: [&[&str]; 4] = [
        &["check"],
        &["seed", "--dry-run"],
        &["seed"],
        &["generate", "--gifts", "1"],
    ];
    let serve = with(&[
        ("MONGODB_URI", uri),
        ("MENAGERIE_LOG", "trace"),
        ("MENAGERIE_BIND", "127.0.0.1:0"),
    ]);
    let others = commands.map(|arguments| {
        let mut command = with(&[("MONGODB_URI", uri), ("MENAGERIE_LOG", "trace")]);
        command.args(arguments);
        command
    });
    std::thread::scope(|scope| {
        for mut command in others.into_iter().chain([serve]) {
            scope.spawn(move || {
                let said = ends_with(&mut command, UNAVAILABLE);
                assert!(said.contains("menagerie: the database does not answer: "), "{said}");
                assert!(said.contains("127.0.0.1:1"), "{said}");
                assert!(!said.contains("s3cret"), "{said}");
            });
        }
    });
}
