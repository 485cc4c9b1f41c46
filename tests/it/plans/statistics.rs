//! What statistics cost: one aggregation for each way to group that is selected, and nothing for what is not.

use super::commands::{app, commands};

#[tokio::test]
async fn each_list_of_the_statistics_takes_one_aggregation() {
    let app = app().await;
    for list in [
        "byStatus { gifts }",
        "byMode { gifts animals { text } }",
        "byYear { gifts possible }",
        "byDecade { gifts animals { text } unknownCounts }",
        "byCertainty { gifts animals { text } }",
    ] {
        assert_eq!(
            commands(&app, &format!("{{ giftStats {{ {list} }} }}")).await,
            1,
            "{list}"
        );
    }
    // Names are read beside it, and where they are selected the documents: each by one command.
    for (list, expected) in [
        ("byGiver { gifts }", 2),
        ("byRecipient { gifts animals { text } nation { region } }", 3),
        ("byAnimal { gifts label }", 2),
        (
            "byAnimal { gifts animal { commonName claims { nodes { statement } } } }",
            4,
        ),
        // The families of the animals.
        ("byAnimal(by: FAMILY) { gifts label }", 2),
    ] {
        assert_eq!(
            commands(&app, &format!("{{ giftStats {{ {list} }} }}")).await,
            expected,
            "{list}"
        );
    }
}

#[tokio::test]
async fn all_of_the_statistics_take_one_aggregation_for_each_way_to_group() {
    let app = app().await;
    let all = "{ giftStats { gifts animals { text } unknownCounts
        byGiver { gifts animals { text } } byRecipient { gifts } byAnimal { gifts } byYear { gifts } byDecade { gifts }
        byStatus { gifts } byMode { gifts } byCertainty { gifts } } }";
    // By nations, animals, time, words and certainty; the names of nations and animals.
    assert_eq!(commands(&app, all).await, 5 + 2);
}

#[tokio::test]
async fn a_filter_across_relations_is_looked_up_once_for_all_lists() {
    let app = app().await;
    let query = r#"{ giftStats(where: { giver: { region: { eq: "Asia" } } }) {
        byYear { gifts } byStatus { gifts } byCertainty { gifts } } }"#;
    assert_eq!(commands(&app, query).await, 1 + 3);
}

#[tokio::test]
async fn sums_that_follow_from_a_list_are_not_asked_for_again() {
    let app = app().await;
    assert_eq!(commands(&app, "{ giftStats { gifts animals { text } } }").await, 1);
    assert_eq!(
        commands(&app, "{ giftStats { gifts animals { text } byMode { gifts } } }").await,
        1
    );
    assert_eq!(commands(&app, "{ giftStats { __typename } }").await, 0);
}

#[tokio::test]
async fn flows_take_one_aggregation_and_a_command_for_their_nations() {
    let app = app().await;
    assert_eq!(commands(&app, "{ giftFlows { gifts } }").await, 1);
    let named = "{ giftFlows(first: 200) { gifts giver { name } recipient { name } } }";
    assert_eq!(commands(&app, named).await, 2);
}
