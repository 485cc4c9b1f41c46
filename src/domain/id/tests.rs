//! Tables of good and bad ids and slugs, and properties of any text.

use proptest::prelude::*;

use super::*;

#[test]
fn every_kind_knows_its_own_ids_and_refuses_those_of_the_others() {
    for kind in Kind::ALL {
        let id = kind.example();
        assert_eq!(Kind::of(id), Ok(kind));
        for other in Kind::ALL {
            assert_eq!(other.check(id).is_ok(), other == kind, "{other:?} checks {id}");
        }
        assert_eq!(kind.collection(), format!("{}s", kind.prefix()));
    }
}

#[test]
fn ids_of_the_accepted_form_pass() {
    let longest = format!("gift_{}", "a".repeat(MAX_LENGTH));
    for id in [
        "gift_a",
        "gift_7",
        "gift_A--b",
        "gift_0190b5a2-7c3e-7d1f-9a55-0c6f2e1d4b3a",
        &longest,
    ] {
        assert_eq!(Kind::of(id), Ok(Kind::Gift), "{id}");
    }
}

#[test]
fn an_id_that_is_refused_says_why() {
    let too_long = format!("gift_{}", "a".repeat(MAX_LENGTH + 1));
    let cases = [
        ("", "an empty text is not an id"),
        ("japan", "`japan` is not an id"),
        ("gift", "one of `gift_`, `nation_`"),
        ("Gift_a", "one of `gift_`, `nation_`"),
        (" gift_a", "` gift_a` is not an id"),
        ("treaty_a", "such as `gift_ru-kp-2024`"),
        ("_a", "`_a` is not an id"),
        ("gift_", "nothing follows `gift_`"),
        ("gift_a.b", "`.` has no place in it"),
        ("gift_a_b", "`_` has no place in it"),
        ("animal_bär", "`ä` has no place in it. Accepted after `animal_`"),
        ("gift_a\n", "`\\u{a}` has no place in it"),
        ("gift_-a", "a `-` stands at an edge"),
        ("gift_a-", "a `-` stands at an edge"),
        (&too_long, "121 characters are too many"),
    ];
    for (id, fragment) in cases {
        let message = Kind::of(id).unwrap_err().to_string();
        assert!(message.contains(fragment), "{id:?}: {message}");
    }
}

#[test]
fn a_check_says_which_type_is_expected() {
    assert_eq!(
        Kind::Gift.check("nation_japan").unwrap_err().to_string(),
        "`nation_japan` is the id of a nation; here the id of a gift is expected, such as `gift_ru-kp-2024`"
    );
    let message = Kind::Animal.check("brown-bear").unwrap_err().to_string();
    assert!(
        message.ends_with("Accepted: `animal_` at the beginning, such as `animal_brown-bear`"),
        "{message}"
    );
}

#[test]
fn slugs_are_lower_case_with_single_hyphens() {
    for slug in ["ru-kp-2024", "7", "a"] {
        assert_eq!(check_slug(slug), Ok(()), "{slug}");
    }
    let too_long = "a".repeat(MAX_LENGTH + 1);
    let cases = [
        ("", "nothing is there"),
        ("Ru-kp", "`R` has no place in it"),
        ("ru kp", "` ` has no place in it"),
        ("ru_kp", "`_` has no place in it"),
        ("ru--kp", "two `-` in a row"),
        ("-ru", "a `-` stands at an edge"),
        ("ru-", "a `-` stands at an edge"),
        (&too_long, "121 characters are too many"),
    ];
    for (slug, fragment) in cases {
        let message = check_slug(slug).unwrap_err().to_string();
        assert!(message.contains(fragment), "{slug:?}: {message}");
    }
}

#[test]
fn what_is_quoted_is_short_and_visible() {
    assert_eq!(quoted("a\u{1b}[31m\u{202e}b"), "`a\\u{1b}[31m\\u{202e}b`");
    assert_eq!(quoted(&"ä".repeat(60)), format!("`{}`", "ä".repeat(60)));
    assert_eq!(quoted(&"ä".repeat(61)), format!("`{}…`", "ä".repeat(60)));
}

proptest! {
    #[test]
    fn any_text_gets_an_answer_that_is_safe_to_print(text in "(gift_|nation_|_)?(\\PC|\\p{Cc}|[-a-z_.]){0,200}") {
        let answers = [
            Kind::of(&text).map(|_| ()),
            Kind::Claim.check(&text),
            check_slug(&text),
        ];
        for message in answers.into_iter().filter_map(Result::err).map(|error| error.to_string()) {
            prop_assert!(!message.chars().any(is_invisible), "{message:?}");
            prop_assert!(message.chars().count() < 1_000, "{message:?}");
        }
    }

    #[test]
    fn ids_made_by_the_rule_are_accepted(kind in prop::sample::select(&Kind::ALL[..]), rest in "[A-Za-z0-9]([-A-Za-z0-9]{0,118}[A-Za-z0-9])?") {
        let id = format!("{}_{rest}", kind.prefix());
        prop_assert_eq!(Kind::of(&id), Ok(kind));
        prop_assert_eq!(kind.check(&id), Ok(()));
    }
}
