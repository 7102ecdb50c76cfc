//! What was asked of the GraphQL library before it was taken: keys in the order of the document,
//! and nulls that go up. A library that fails here is not taken.

mod known_then;
mod midnight;
mod reading;

use async_graphql::{EmptyMutation, EmptySubscription, Object, Result, Schema};
use serde_json::{Value, json};

use super::values::refusal;

struct Query;

struct Item;

#[Object]
impl Query {
    /// Ready long after the others.
    async fn slow(&self) -> u32 {
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        1
    }

    async fn quick(&self) -> u32 {
        2
    }

    async fn item(&self) -> Option<Item> {
        Some(Item)
    }

    async fn items(&self) -> Vec<Option<Item>> {
        vec![Some(Item), Some(Item)]
    }

    async fn sure_item(&self) -> Item {
        Item
    }
}

#[Object]
impl Item {
    async fn name(&self) -> &'static str {
        "item"
    }

    async fn refused(&self) -> Result<u32> {
        Err(refusal("REFUSED", "No."))
    }

    async fn refused_or_null(&self) -> Option<Result<u32>> {
        Some(Err(refusal("REFUSED", "No.")))
    }
}

async fn ask(document: &str) -> (String, usize) {
    let schema = Schema::new(Query, EmptyMutation, EmptySubscription);
    let response = schema.execute(document).await;
    for error in &response.errors {
        let extensions = error.extensions.as_ref().unwrap();
        assert_eq!(extensions.get("code").unwrap().to_string(), "\"REFUSED\"");
    }
    (serde_json::to_string(&response.data).unwrap(), response.errors.len())
}

#[tokio::test]
async fn keys_come_in_the_order_of_the_document() {
    let (text, _) = ask("{ slow quick last: slow item { name } }").await;
    assert_eq!(text, r#"{"slow":1,"quick":2,"last":1,"item":{"name":"item"}}"#);
    let (text, _) = ask("{ quick ...Late item { name } } fragment Late on Query { slow }").await;
    assert_eq!(text, r#"{"quick":2,"slow":1,"item":{"name":"item"}}"#);
}

#[tokio::test]
async fn an_error_in_a_field_that_cannot_be_null_makes_its_parent_null() {
    for (document, data) in [
        ("{ item { name refused } quick }", json!({ "item": null, "quick": 2 })),
        ("{ items { refused } quick }", json!({ "items": [null, null], "quick": 2 })),
        ("{ sureItem { name refused } quick }", Value::Null),
        (
            "{ item { name refusedOrNull } }",
            json!({ "item": { "name": "item", "refusedOrNull": null } }),
        ),
        (
            "{ sureItem { name refusedOrNull } }",
            json!({ "sureItem": { "name": "item", "refusedOrNull": null } }),
        ),
    ] {
        let (text, errors) = ask(document).await;
        assert_eq!(text, serde_json::to_string(&data).unwrap(), "{document}");
        assert!(errors > 0, "{document}");
    }
}
