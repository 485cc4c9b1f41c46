//! Shares and limits, and that dropped permits leave nothing behind.

use super::*;

fn client(last: u8) -> Client {
    Client::Address([192, 0, 2, last].into())
}

fn permits(set: &[(Limit, u64)]) -> Permits {
    let mut limits = Limits::default();
    for (limit, value) in set {
        limits.set(*limit, *value);
    }
    Permits::new(&limits)
}

#[test]
fn a_client_holds_its_share_and_another_finds_the_rest() {
    let permits = permits(&[(Limit::Exports, 5), (Limit::ClientShare, 50)]);
    let one = |last| permits.acquire(Resource::Exports, &client(last), 1);
    let mut held: Vec<Permit> = (0..3).map(|_| one(1).expect("its share, rounded up")).collect();
    let refused = one(1).expect_err("the fourth of five");
    assert!(
        matches!(&refused, ApiError::OverShare(message) if message.contains("4 exports")
        && message.contains("up to 3")),
        "{refused}"
    );
    held.extend([one(2).expect("the rest"), one(2).expect("the rest")]);
    assert_eq!(one(3).expect_err("full"), ApiError::Busy(Resource::Exports.told()));
    assert_eq!((permits.held(Resource::Exports), permits.clients()), (5, 2));
    held.remove(0);
    held.push(one(3).expect("one was given back"));
    drop(held);
    assert_eq!(
        (permits.held(Resource::Exports), permits.clients()),
        (0, 0),
        "nothing is left behind"
    );
}

#[test]
fn one_resource_has_nothing_to_do_with_another() {
    let permits = permits(&[(Limit::Exports, 1), (Limit::Concurrent, 1)]);
    let export = permits.acquire(Resource::Exports, &client(1), 1).expect("an export");
    let request = permits.acquire(Resource::Requests, &client(1), 1).expect("a request");
    drop(export);
    assert_eq!(permits.held(Resource::Requests), 1);
    drop(request);
    assert_eq!(permits.clients(), 0);
}

#[test]
fn shares_can_be_turned_off_and_only_measured() {
    let off = permits(&[(Limit::Exports, 4), (Limit::ClientShare, 100)]);
    let all: Vec<_> = (0..4).map(|_| off.acquire(Resource::Exports, &client(1), 1)).collect();
    assert!(all.iter().all(Result::is_ok), "{all:?}");
    let mut limits = Limits::default().with(Limit::Exports, 4);
    limits.measure(Limit::ClientShare);
    let measured = Permits::new(&limits);
    let all: Vec<_> = (0..4)
        .map(|_| measured.acquire(Resource::Exports, &client(1), 1))
        .collect();
    assert!(all.iter().all(Result::is_ok), "{all:?}");
    limits.measure(Limit::Exports);
    assert_eq!(
        Permits::new(&limits).most(Resource::Exports),
        Limit::Exports.facts().range.1
    );
}

#[test]
fn bodies_share_their_bytes_and_the_largest_always_fits_once() {
    let permits = permits(&[(Limit::WaitingBodyBytes, 65_536), (Limit::ClientShare, 1)]);
    let largest = Limits::default().body_limit_bytes as u64;
    let mut first = permits
        .acquire(Resource::BodyBytes, &client(1), 0)
        .expect("nothing yet");
    first.grow_to(largest).expect("one body of the largest");
    first.grow_to(largest + 1).expect_err("more than its share");
    assert_eq!(
        permits.held(Resource::BodyBytes),
        largest,
        "what is refused is not held"
    );
    let mut second = permits
        .acquire(Resource::BodyBytes, &client(2), 0)
        .expect("nothing yet");
    assert!(matches!(second.grow_to(1), Err(ApiError::Busy(_))));
    drop(first);
    second.grow_to(1).expect("there is room again");
}

#[test]
fn a_permit_is_counted_for_who_turns_out_to_ask() {
    let permits = permits(&[(Limit::Exports, 2), (Limit::ClientShare, 50)]);
    let known = Client::Token("desk".to_owned());
    let first = permits.acquire(Resource::Exports, &client(1), 1).expect("a permit");
    let first = first.pass_to(&known).expect("the first of the token's share");
    let second = permits
        .acquire(Resource::Exports, &client(1), 1)
        .expect("the address holds none any more");
    assert!(matches!(second.pass_to(&known), Err(ApiError::OverShare(_))));
    assert_eq!((permits.held(Resource::Exports), permits.clients()), (1, 1));
    drop(first);
    assert_eq!((permits.held(Resource::Exports), permits.clients()), (0, 0));
}
