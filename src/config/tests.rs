//! Tests of the configuration: tables of accepted and refused values, and the messages.

use std::path::PathBuf;

use super::*;

fn read(set: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let lookup = |name: &str| {
        set.iter()
            .find(|(n, _)| *n == name)
            .map(|(_, value)| (*value).to_owned())
    };
    Config::read(set.iter().map(|(name, _)| (*name).to_owned()), lookup)
}

#[test]
fn a_wrong_value_is_refused_with_what_was_found_and_what_is_accepted() {
    // Variable | value | part of what is accepted | why it is refused. {x}: 64 letters. {?}: bytes that are
    // not Unicode.
    let cases = "
        MONGODB_DATABASE | {x} | 63 letters | MongoDB's limit is 63 bytes
        MONGODB_DATABASE | a.b | letters | a dot parts database and collection
        MONGODB_DATABASE | Zürich | letters | not ASCII
        MONGODB_DATABASE | Admin | admin | MongoDB's own, in any case
        MENAGERIE_BIND | 8080 | an IP address and a port | no address
        MENAGERIE_BIND | localhost:8080 | 127.0.0.1:8080 | a name needs a resolver
        MENAGERIE_BIND | 127.0.0.1:70000 | port | a port has 16 bits
        MENAGERIE_DATA_DIR | caf{?} | a folder's path | bytes that were not Unicode
        MENAGERIE_DATABASE_PROGRAM | {?} | secantusd-rs | bytes that were not Unicode
        MENAGERIE_DATABASE_MEMORY_MB | 255 | 256 | below the least
        MENAGERIE_DATABASE_MEMORY_MB | 1048577 | 1048576 | above the greatest
        MENAGERIE_DATABASE_MEMORY_MB | 2G | MiB | a unit
        MENAGERIE_POOL_SIZE | 0 | from 1 to 1000 | below the least
        MENAGERIE_POOL_SIZE | 1001 | from 1 to 1000 | above the greatest
        MENAGERIE_POOL_SIZE | -1 | from 1 to 1000 | negative
        MENAGERIE_POOL_SIZE | 99999999999999999999 | from 1 to 1000 | too large for any integer
        MENAGERIE_REQUEST_TIMEOUT_MS | 99 | from 100 to 600000 | below the least
        MENAGERIE_REQUEST_TIMEOUT_MS | 600001 | from 100 to 600000 | above the greatest
        MENAGERIE_REQUEST_TIMEOUT_MS | 10s | milliseconds | a unit
        MENAGERIE_BODY_LIMIT_KB | 0 | from 1 to 65536 | nothing could be asked
        MENAGERIE_BODY_LIMIT_KB | 1.5 | whole number | a fraction
        MENAGERIE_PAGE_SIZE | 0 | from 1 to 10000 | an empty page leads nowhere
        MENAGERIE_MAX_PAGE_SIZE | 10001 | from 1 to 10000 | above the greatest
        MENAGERIE_WORKERS | all | 0 for one per core | not a number
        MENAGERIE_WORKERS | 1025 | 1024 | above the greatest
        MENAGERIE_SEED | article,,history | auto, none | a set without a name
        MENAGERIE_SEED | article,none | auto, none | none is not a set
        MENAGERIE_SEED | ../etc | auto, none | not a set's name
        MENAGERIE_LOG_FORMAT | JSON | text or json | capitals";
    for case in cases.trim().lines() {
        let case = case.replace("{x}", &"x".repeat(64)).replace("{?}", "\u{fffd}");
        let [name, value, accepted, why] = case.split('|').map(str::trim).collect::<Vec<_>>()[..] else {
            panic!("not a row of four: {case}")
        };
        let error = read(&[(name, value)]).expect_err(why);
        let [problem] = error.problems.as_slice() else {
            panic!("{why}: {error}")
        };
        assert!(
            problem.starts_with(&format!("{name} is {value:?}; accepted: ")),
            "{problem}"
        );
        assert!(problem.contains(accepted), "{why}: {problem}");
    }
}

#[test]
fn the_mongodb_uri_is_never_repeated_whether_it_is_right_or_wrong() {
    for wrong in [
        "menagerie:s3cret@localhost",
        "postgres://u:s3cret@host",
        "mongodb+srv:s3cret",
        "s3cret",
    ] {
        let error = read(&[("MONGODB_URI", wrong)]).expect_err(wrong);
        assert!(
            error.to_string().contains("begins with mongodb:// or mongodb+srv://"),
            "{error}"
        );
        assert!(!format!("{error} {error:?}").contains("s3cret"), "{error}");
    }
    read(&[("MONGODB_URI", "mongodb://")]).expect_err("no host");

    let config = read(&[("MONGODB_URI", "mongodb://u:s3cret@host/")]).unwrap();
    assert!(!format!("{config:?} {}", config.mongodb_uri.as_ref().unwrap()).contains("s3cret"));
    assert_eq!(config.mongodb_uri.unwrap().expose(), "mongodb://u:s3cret@host/");
}

#[test]
fn a_default_page_larger_than_the_largest_is_refused_with_both_names() {
    for (size, max) in [("21", "20"), ("201", ""), ("", "19")] {
        let error = read(&[("MENAGERIE_PAGE_SIZE", size), ("MENAGERIE_MAX_PAGE_SIZE", max)]).unwrap_err();
        assert_eq!(error.problems.len(), 1, "{error}");
        assert!(error.problems[0].contains("MENAGERIE_PAGE_SIZE is"), "{error}");
        assert!(error.problems[0].contains("MENAGERIE_MAX_PAGE_SIZE is"), "{error}");
    }
    assert!(read(&[("MENAGERIE_PAGE_SIZE", "30"), ("MENAGERIE_MAX_PAGE_SIZE", "30")]).is_ok());
}

#[test]
fn an_unknown_name_is_refused_and_answered_with_the_nearest_known_one() {
    for (name, nearest) in [
        ("MENAGERIE_POOLSIZE", Some("MENAGERIE_POOL_SIZE?")),
        ("MENAGERIE_PORT", None),
        ("MENAGERIE_DATADIR", Some("MENAGERIE_DATA_DIR?")),
        ("MENAGERIE_MAX_PAGESIZE", Some("MENAGERIE_MAX_PAGE_SIZE?")),
        ("MENAGERIE_TIMEOUT_MS", Some("MENAGERIE_REQUEST_TIMEOUT_MS?")),
        ("MENAGERIE_LOG_FROMAT", Some("MENAGERIE_LOG_FORMAT?")),
        ("MENAGERIE_MONGODB_URI", Some("mean MONGODB_URI?")),
        ("MENAGERIE_bind", Some("MENAGERIE_BIND?")),
        ("MENAGERIE_", None),
        ("MENAGERIE_ZOO_KEEPER", None),
    ] {
        let error = read(&[(name, "s3cret")]).expect_err(name);
        let [problem] = error.problems.as_slice() else {
            panic!("{name}: {error}")
        };
        assert!(problem.starts_with(&format!("{name} is not a variable")), "{problem}");
        match nearest {
            Some(nearest) => assert!(problem.contains(nearest), "{problem}"),
            None => assert!(
                !problem.contains("did you mean") && problem.contains(".env.example"),
                "{problem}"
            ),
        }
    }
    assert!(
        read(&[("MENAGERIES", "1"), ("MONGODB_VERSION", "8"), ("PATH", "/bin")]).is_ok(),
        "names of others"
    );
}

#[test]
fn all_problems_are_told_at_once() {
    let error = read(&[
        ("MENAGERIE_BIND", "x"),
        ("MENAGERIE_POOL_SIZE", "0"),
        ("MENAGERIE_ZOO", "1"),
    ])
    .unwrap_err();
    assert_eq!(error.problems.len(), 3, "{error}");
    assert_eq!(error.to_string().lines().count(), 4, "{error}");
}

#[test]
fn every_field_takes_the_value_of_its_variable() {
    let config = read(&[
        ("MONGODB_DATABASE", "zoo_2-b"),
        ("MENAGERIE_BIND", "[::1]:9"),
        ("MENAGERIE_DATA_DIR", "/var/lib/a b"),
        ("MENAGERIE_DATABASE_PROGRAM", "/opt/db"),
        ("MENAGERIE_DATABASE_MEMORY_MB", "256"),
        ("MENAGERIE_POOL_SIZE", " 7 "),
        ("MENAGERIE_REQUEST_TIMEOUT_MS", "1500"),
        ("MENAGERIE_BODY_LIMIT_KB", "2"),
        ("MENAGERIE_PAGE_SIZE", "5"),
        ("MENAGERIE_MAX_PAGE_SIZE", "50"),
        ("MENAGERIE_WORKERS", "3"),
        ("MENAGERIE_SEED", "article, history"),
        ("MENAGERIE_LOG", "warn,menagerie=trace"),
        ("MENAGERIE_LOG_FORMAT", "json"),
    ])
    .unwrap();
    assert_eq!(config.mongodb_database, "zoo_2-b");
    assert_eq!(config.bind.to_string(), "[::1]:9");
    assert_eq!(config.data_dir, PathBuf::from("/var/lib/a b"));
    assert_eq!(config.database_program, Some(PathBuf::from("/opt/db")));
    assert_eq!(config.database_memory_mb, 256);
    assert_eq!(config.pool_size, 7);
    assert_eq!(config.limits.request_timeout_ms, 1500);
    assert_eq!(config.limits.body_limit_bytes, 2048);
    assert_eq!((config.limits.page_size, config.limits.max_page_size), (5, 50));
    assert_eq!(config.workers, 3);
    assert_eq!(config.seed, Seed::Sets(vec!["article".into(), "history".into()]));
    assert_eq!(config.log, "warn,menagerie=trace");
    assert_eq!(config.log_format, LogFormat::Json);
}

#[test]
fn an_empty_value_counts_as_unset() {
    let settings = settings();
    let set: Vec<_> = settings
        .iter()
        .zip(["", " "].into_iter().cycle())
        .map(|(setting, empty)| (setting.name, empty))
        .collect();
    assert_eq!(format!("{:?}", read(&set).unwrap()), format!("{:?}", Config::default()));
}

#[test]
fn a_default_is_read_as_it_is_written() {
    for profile in [Profile::Development, Profile::Production] {
        let defaults = Config::of(profile);
        for setting in settings() {
            let (value, mut config) = (setting.value(&defaults), defaults.clone());
            let taken = value.is_empty() || setting.set(&mut config, &value).is_some();
            assert!(taken, "{} = {value:?}", setting.name);
            assert_eq!(format!("{config:?}"), format!("{defaults:?}"), "{}", setting.name);
        }
    }
}

#[test]
fn a_value_is_shown_as_it_was_given_but_for_a_password() {
    let given = [
        ("MONGODB_URI", "mongodb://u:s3cret@host/"),
        ("MENAGERIE_SEED", "article,history"),
        ("MENAGERIE_ADMIN_BIND", "127.0.0.1:9090"),
        ("MENAGERIE_DATABASE_MEMORY_MB", "256"),
        ("MENAGERIE_GRACE_MS", "1500"),
        ("MENAGERIE_DASHBOARD", "false"),
        ("MENAGERIE_CORS_ORIGINS", "https://zoo.example,http://localhost:3000"),
        ("MENAGERIE_TRUSTED_PROXIES", "10.0.0.0/8,::1/128"),
        ("MENAGERIE_TRUSTED_DOCUMENTS", "/documents"),
        ("MENAGERIE_RESPONSE_CACHE_MB", "7"),
        ("MENAGERIE_BODY_LIMIT_KB", "3"),
        ("MENAGERIE_MAX_DEPTH", "9"),
        ("MENAGERIE_MEASURE_ONLY", "depth,cost"),
        ("MENAGERIE_LOG_FORMAT", "json"),
    ];
    let config = read(&given).unwrap();
    for setting in settings() {
        let given = given.iter().find(|(name, _)| *name == setting.name);
        let expected = match given {
            Some((_, _)) if setting.secret => "[secret]".to_owned(),
            Some((_, value)) => (*value).to_owned(),
            None => setting.value(&Config::default()),
        };
        assert_eq!(setting.value(&config), expected, "{}", setting.name);
    }
}

#[test]
fn help_has_every_setting_in_lines_of_100_letters() {
    let help = help();
    for setting in settings() {
        let line = format!("  {}={}", setting.name, setting.value(&Config::default()));
        assert!(help.lines().any(|shown| shown == line), "{line}");
        assert!(
            setting.text.ends_with('.') && !setting.text.contains("  "),
            "{}",
            setting.text
        );
    }
    for line in help.lines() {
        assert!(line.len() <= 100, "{line}");
    }
}

#[test]
fn the_environment_wins_over_the_file_even_where_it_is_empty() {
    let file = [("A", "file"), ("B", "file"), ("C", "first"), ("C", "second")];
    let file = file.map(|(name, value)| (name.into(), value.into())).to_vec();
    let environment = [("A", "environment"), ("B", "")];
    let merged = merge(
        file,
        environment.map(|(name, value)| (name.into(), value.into())).into_iter(),
    );
    let value = |name| merged.get(name).map(String::as_str);
    assert_eq!(
        ["A", "B", "C"].map(value),
        [Some("environment"), Some(""), Some("first")]
    );
}
