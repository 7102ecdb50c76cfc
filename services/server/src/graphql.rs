//! Asking.

pub mod document;
pub mod http;

use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use async_graphql::{EmptyMutation, EmptySubscription, Object};

/// The schema.
pub type Schema = async_graphql::Schema<Query, EmptyMutation, EmptySubscription>;

pub struct Query;

#[Object]
impl Query {
    async fn rules(&self) -> Vec<String> {
        Vec::new()
    }
}

pub fn schema() -> Schema {
    Schema::new(Query, EmptyMutation, EmptySubscription)
}

pub async fn answer(request: HttpRequest, payload: Payload, schema: Data<Schema>) -> HttpResponse {
    http::answer(&**schema, &request, payload, async_graphql::Data::default(), false).await
}
