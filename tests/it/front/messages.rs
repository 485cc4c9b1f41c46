//! What is told of mistakes: of several the one first that the reader must mend, none that only follows from another, and
//! what there is in the place of what there is not.

use std::collections::HashMap;

use serde_json::{Value as Json, json};

use super::{Answer, Door};
use crate::support::{TestApp, settings};

/// The messages of all errors, in their order.
fn messages(answer: &Answer) -> Vec<&str> {
    let errors = answer.json["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
    errors.iter().filter_map(|error| error["message"].as_str()).collect()
}

/// A document, and a part of each message that it must get, in this order; no more than these.
const MISTAKES: [(&str, &[&str]); 28] = [
    // A name that there is not, and what only follows from it.
    (
        "{gift(slug:\"x\"){giver{nme}}}",
        &["`Nation` does not have a field `nme`"],
    ),
    ("query($a:Int){gift(slug:\"x\"){nme(first:$a)}}", &["field `nme`"]),
    (
        "{gift(slug:\"x\"){nme{...F}}} fragment F on Nation{id}",
        &["field `nme`"],
    ),
    ("{gift(slug:\"x\"){...F}} fragment F on Gfit{id}", &["`Gfit`"]),
    ("{gifts{nodes{...on Gfit{id}}}}", &["`Gfit`"]),
    ("query($a:Strng){gift(slug:$a){id}}", &["there is no type `Strng`"]),
    (
        "query($a:Gift){gift(slug:$a){id}}",
        &["`$a` variable must be of an input type"],
    ),
    (
        "query($a:[Strng]){gifts(where:{text:$a}){totalCount}}",
        &["there is no type `Strng`"],
    ),
    ("{nodes(idz:[\"a\"]){id}}", &["argument `idz`"]),
    ("{gifts(orderBy:{feild:TITLE}){totalCount}}", &["field `feild`"]),
    ("{gift(slug:\"x\"){title @include(iff:true)}}", &["argument `iff`"]),
    ("{gift(slug:\"x\"){status{x}}}", &["`status` is of type `GiftStatus"]),
    // Several, each of its own.
    (
        "{gift(slug:\"x\"){giver{nme} recipient{nam}}}",
        &["field `nme`", "field `nam`"],
    ),
    ("{node(zoo:\"x\"){id}}", &["argument `zoo`", "`Query.node(id:)`"]),
    (
        "{gifts gift(slug:\"x\"){nme}}",
        &["field `nme`", "the field `gifts` of type `GiftConnection`"],
    ),
    ("{gifts gift(slug:1){id}}", &["the field `gifts`", "type String"]),
    (
        "query($a:Int){gifts{nodes{id}} gift(slug:$b){id}}",
        &["`$b` is not defined", "unused variable: `$a`"],
    ),
    (
        "query($a:Int){gifts{totalCount{x}}} fragment F on Gift{id}",
        &["`totalCount` is of type `Int`", "unused variable: `$a`", "fragment `F`"],
    ),
    (
        "{gifts(first:99999999999){nodes{tilte}} ...G}",
        &["field `tilte`", "fragment `G`", "99999999999 is no Int"],
    ),
    (
        "{gifts(where:{mode:{eq:TRIBUT},slug:{eq:1}}){totalCount}}",
        &["`TRIBUT` does not exist", "type String"],
    ),
    (
        "{gift(slug:\"x\"){title @inclde(if:true)} nation}",
        &["there is no directive `@inclde`", "the field `nation`"],
    ),
    (
        "{a:gift(slug:\"x\"){id} a:nation(slug:\"x\"){id nme}}",
        &["field `nme`", "the same alias `a`"],
    ),
    (
        "query A($a:String){gift(slug:\"x\"){id}} query B{gift(slug:$a){id}}",
        &["`$a` is not defined", "unused variable: `$a`"],
    ),
    (
        "query A{gift(slug:\"x\"){nme}} query A{__typename}",
        &["field `nme`", "operation `A`"],
    ),
    (
        "query($a:Int $b:Strng){gifts(first:$a){nodes{...F}}} fragment F on Gift{tilte giver}",
        &[
            "there is no type `Strng`",
            "field `tilte`",
            "the field `giver`",
            "unused variable: `$b`",
        ],
    ),
    (
        "query($a:Int){gifts(first:$a first:2){nodes{nme}}}",
        &["field `nme`", "argument `first` is provided multiple times"],
    ),
    (
        "fragment F on Gift{id} {gift(slug:true){...F ...G}}",
        &["fragment `G`", "type String"],
    ),
    (
        "{gift(slug:\"x\"){...on Nation{name} nme}}",
        &["field `nme`", "`Nation` cannot be applied to `Gift`"],
    ),
];

#[tokio::test]
async fn of_several_mistakes_the_one_to_mend_comes_first_and_none_that_only_follows() {
    let app = TestApp::empty().await;
    let door = Door::over(&app, settings());
    let mut wrong = Vec::new();
    for (document, expected) in MISTAKES {
        let answer = door.ask(document).await;
        let told = messages(&answer);
        let fits = told.len() == expected.len() && told.iter().zip(expected).all(|(told, part)| told.contains(part));
        if !fits || answer.status != 422 {
            wrong.push(format!("{document}\n    {} {told:#?}", answer.status));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        MISTAKES.len(),
        wrong.join("\n")
    );
}

/// The names in the schema: the fields of a type, the values of an enum, the fields of an input.
async fn names(door: &Door, ty: &str) -> Vec<String> {
    let query = format!("{{__type(name:{ty:?}){{fields{{name}} inputFields{{name}} enumValues{{name}}}}}}");
    let answer = door.ask(&query).await;
    let lists = answer.data()["__type"].as_object().expect("a type").values();
    let names = lists.filter_map(Json::as_array).flatten();
    names
        .map(|one| one["name"].as_str().expect("a name").to_owned())
        .collect()
}

/// Documents with a name that there is not, the type whose names are listed, and what is said beside them.
const UNKNOWN: &[(&str, &str, &str)] = &[
    (
        "{gifts(where:{mode:{eq:TRIBUT}}){totalCount}}",
        "GiftMode",
        "did you mean `TRIBUTE`?",
    ),
    ("{gifts(where:{mode:{eq:ZZZ}}){totalCount}}", "GiftMode", "`ZZZ`"),
    (
        "{gifts(where:{mode:{eq:\"ZZZ\"}}){totalCount}}",
        "GiftMode",
        "found a string",
    ),
    (
        "{gifts(where:{slgu:{eq:\"a\"}}){totalCount}}",
        "GiftFilter",
        "did you mean `slug`?",
    ),
    ("{gifts(where:\"slug\"){totalCount}}", "GiftFilter", "found a string"),
    (
        "{gifts(orderBy:{field:TITEL}){totalCount}}",
        "GiftOrderField",
        "did you mean `TITLE`?",
    ),
    ("{gifts}", "GiftConnection", "`gifts { … }`"),
    ("{gifts{nodes}}", "Gift", "the field `nodes` of type `[Gift!]!`"),
    ("{gifts{totl}}", "GiftConnection", "does not have a field `totl`"),
];

#[tokio::test]
async fn what_there_is_is_listed_in_the_place_of_what_there_is_not() {
    let app = TestApp::empty().await;
    let door = Door::over(&app, settings());
    for (document, ty, more) in UNKNOWN {
        let answer = door.ask(document).await;
        answer.is_refused(422, "GRAPHQL_VALIDATION_FAILED");
        let told = answer.message();
        assert!(told.contains(more), "{document}: {told}");
        let names = names(&door, ty).await;
        assert!(names.len() > 3, "{ty}: {names:?}");
        for name in names {
            let listed = told.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
            assert!(
                listed.into_iter().any(|word| word == name),
                "{document}: no {name} in: {told}"
            );
        }
    }
    // The same list is given once.
    let twice = door.ask("{a:gifts(where:{mode:{eq:ZZZ}}){totalCount} b:gifts(where:{mode:{eq:YYY}}){totalCount}}");
    let twice = twice.await;
    let lists: Vec<bool> = messages(&twice).iter().map(|told| told.contains("TRIBUTE")).collect();
    assert_eq!(lists, [true, false], "{}", twice.json);
}

#[tokio::test]
async fn a_field_that_only_members_have_is_suggested_with_fragments_on_them() {
    let app = TestApp::empty().await;
    let door = Door::over(&app, settings());
    for (document, fragments) in [
        (
            "{timeline{nodes{title}}}",
            "`... on Event { title }` or `... on Gift { title }`",
        ),
        ("{node(id:\"x\"){commonName}}", "`... on Animal { commonName }`"),
    ] {
        let told = door.ask(document).await.message().to_owned();
        assert!(
            told.ends_with(&format!("did you mean {fragments}?")),
            "{document}: {told}"
        );
    }
    let union = door.ask("{timeline{nodes}}").await.message().to_owned();
    assert!(union.ends_with("with fragments on Gift, Event"), "{union}");
}

#[tokio::test]
async fn arguments_are_listed_and_a_quoted_value_is_suggested_without_quotes() {
    let app = TestApp::empty().await;
    let door = Door::over(&app, settings());
    let told = |answer: &Answer| answer.message().to_owned();
    let arguments = told(&door.ask("{gifts(frist:1){totalCount}}").await);
    assert!(
        arguments.contains("did you mean `first`? accepted are first, after, last, before, where, orderBy"),
        "{arguments}"
    );
    let none = told(&door.ask("{gifts{totalCount(a:1)}}").await);
    assert!(none.ends_with("accepted is none"), "{none}");
    let quoted = told(&door.ask("{gifts(where:{mode:{eq:\"TRIBUTE\"}}){totalCount}}").await);
    assert!(quoted.ends_with("did you mean `TRIBUTE`, without quotes?"), "{quoted}");
}

#[tokio::test]
async fn where_nothing_is_suggested_nothing_is_listed() {
    let app = TestApp::empty().await;
    let mut settings = settings();
    settings.config.suggestions = false;
    let door = Door::over(&app, settings);
    for (document, unsaid) in [
        ("{gifts}", "pageInfo"),
        ("{gifts(frist:1){totalCount}}", "orderBy"),
        ("{gifts(where:{mode:{eq:TRIBUT}}){totalCount}}", "TRIBUTE"),
        ("{gifts(where:{mode:{eq:\"TRIBUTE\"}}){totalCount}}", "did you mean"),
        ("{gifts(where:{slgu:{eq:\"a\"}}){totalCount}}", "recipient"),
        ("{gifts{totl}}", "totalCount"),
    ] {
        let answer = door.ask(document).await;
        answer.is_refused(422, "GRAPHQL_VALIDATION_FAILED");
        assert!(!answer.message().contains(unsaid), "{document}: {}", answer.message());
    }
    assert!(door.ask("{gifts}").await.message().contains("the field `gifts`"));
    let request = json!({
        "query": "query($w:GiftFilter){gifts(where:$w){totalCount}}", "variables": { "w": { "mode": { "eq": "TRIBUT" } } }
    });
    let answer = Answer::to(door.post(&request)).await;
    answer.is_refused(422, "BAD_USER_INPUT");
    assert!(!answer.message().contains("TRIBUTE"), "{}", answer.message());
}

/// A request with variables that are given as they are written.
async fn with(door: &Door, document: &str, variables: &str) -> Answer {
    let body = format!("{{\"query\":{},\"variables\":{variables}}}", json!(document));
    let request = door.client.post(format!("{}/graphql", door.address));
    let request = request
        .header("content-type", "application/json")
        .header("accept", super::GRAPHQL_RESPONSE);
    Answer::to(request.body(body)).await
}

#[tokio::test]
async fn each_mistake_in_variables_is_told_with_its_place_and_with_what_is_accepted() {
    let app = TestApp::empty().await;
    let door = Door::over(&app, settings());
    let document = "query($w:GiftFilter $n:Int $i:[ID!] $m:GiftMode!){gifts(where:$w first:$n){totalCount} nodes(ids:$i){id} \
                    more:gifts(where:{mode:{eq:$m}}){totalCount}}";
    let document = document.replace("$i:[ID!]", "$i:[ID!]!");
    let cases: HashMap<&str, &str> = HashMap::from([
        (
            "w",
            r#"{"and":[{},{"mode":{"eq":"TRIBUT"}}],"slgu":1,"total":{"atLeast":1.5}}"#,
        ),
        ("n", "\"1\""),
        ("i", "[\"a\",true,null]"),
    ]);
    let members: Vec<String> = cases.iter().map(|(name, value)| format!("{name:?}:{value}")).collect();
    let answer = with(&door, &document, &format!("{{{}}}", members.join(","))).await;
    assert_eq!(answer.status, 422, "{}", answer.json);
    let expected = [
        "`variables`: `$w` has a field `slgu`, which GiftFilter does not have; did you mean `slug`?",
        "`variables`: `$w.and[1].mode.eq` is \"TRIBUT\"; accepted is a value of GiftMode, as text; did you mean `TRIBUTE`?",
        "`variables`: `$w.total.atLeast` is 1.5; accepted is Int",
        "`variables`: `$n` is \"1\"; accepted is Int, a whole number",
        "`variables`: `$i[1]` is true; accepted is ID",
        "`variables`: `$i[2]` is null; accepted is ID!",
        "`variables`: `$m` has no value; accepted is GiftMode!",
    ];
    let told = messages(&answer);
    assert_eq!(told.len(), expected.len(), "{told:#?}");
    for part in expected {
        assert!(
            told.iter().any(|told| told.starts_with(part)),
            "no {part:?} in {told:#?}"
        );
    }
    for error in answer.json["errors"].as_array().expect("errors") {
        assert_eq!(error["extensions"]["code"], "BAD_USER_INPUT");
        assert_eq!(
            error["locations"][0]["line"], 1,
            "where the variable is declared: {error}"
        );
    }
    // No more than twenty are told.
    let many = with(
        &door,
        "query($i:[ID!]!){nodes(ids:$i){id}}",
        &format!("{{\"i\":{}}}", json!(vec![true; 100])),
    )
    .await;
    assert_eq!(messages(&many).len(), 20, "{}", many.json);
}

#[tokio::test]
async fn an_id_of_many_digits_is_the_same_as_a_variable_as_it_is_as_a_literal() {
    let app = TestApp::empty().await;
    let door = Door::over(&app, settings());
    for (place, ty, around) in [
        ("node(id:#){id}", "ID!", ["", ""]),
        ("nodes(ids:#){id}", "[ID!]!", ["[\"gift_a\",", "]"]),
        ("nodes(ids:#){id}", "[ID!]!", ["", ""]),
        ("gifts(where:{id:{in:#}}){totalCount}", "[ID!]", ["[", "]"]),
        ("gifts(where:#){totalCount}", "GiftFilter", ["{not:{id:{eq:", "}}}"]),
    ] {
        let [before, behind] = around;
        for digits in [
            "1",
            "-7",
            "9007199254740993",
            "18446744073709551616",
            "12345678901234567890123",
        ] {
            let value = format!("{before}{digits}{behind}");
            let literal = door.ask(&format!("{{{}}}", place.replace('#', &value))).await;
            let mentioned = literal.json.to_string().contains(digits);
            assert!(mentioned, "{value}: {}", literal.json);
            let document = format!("query($v:{ty}){{{}}}", place.replace('#', "$v"));
            let as_json = value.replace("{not:{id:{eq:", "{\"not\":{\"id\":{\"eq\":");
            let variable = with(&door, &document, &format!("{{\"other\":1e2,\"v\":{as_json}}}")).await;
            let told = |answer: &Answer| (answer.status, answer.json["data"].clone(), answer.message().to_owned());
            assert_eq!(told(&variable), told(&literal), "{document} {value}");
        }
    }
    // As a default as well, and a number that is written otherwise is the number that it is.
    let by_default = door.ask("query($v:ID!=12345678901234567890123){node(id:$v){id}}").await;
    assert!(
        by_default.message().contains("12345678901234567890123"),
        "{}",
        by_default.json
    );
    for (written, meant) in [("1.0", "`1`"), ("-0", "`0`"), ("1e3", "`1000`")] {
        let answer = with(&door, "query($v:ID!){node(id:$v){id}}", &format!("{{\"v\":{written}}}")).await;
        assert!(answer.message().contains(meant), "{written}: {}", answer.json);
    }
}

#[tokio::test]
async fn a_whole_number_is_an_int_however_it_is_written() {
    let app = TestApp::with(&["article"]).await;
    let door = Door::over(&app, settings());
    let document = "query($n:Int $w:GiftFilter){gifts(first:$n where:$w){nodes{id}}}";
    let rows = |answer: &Answer| answer.data()["gifts"]["nodes"].as_array().map(Vec::len);
    for one in ["1", "1.0", "1e0", "10e-1"] {
        assert_eq!(
            rows(&with(&door, document, &format!("{{\"n\":{one}}}")).await),
            Some(1),
            "{one}"
        );
    }
    let filtered = |least: &str| format!("{{\"w\":{{\"and\":[{{\"total\":{{\"atLeast\":{least}}}}}]}}}}");
    let all = rows(&with(&door, document, "{}").await);
    let whole = rows(&with(&door, document, &filtered("50")).await);
    assert!(whole > Some(0) && whole < all, "{whole:?} of {all:?}");
    assert_eq!(rows(&with(&door, document, &filtered("50.0")).await), whole);
    for wrong in ["1.5", "2147483648.0", "1e30", "\"1\"", "true"] {
        with(&door, document, &format!("{{\"n\":{wrong}}}"))
            .await
            .is_refused(422, "BAD_USER_INPUT");
    }
}
