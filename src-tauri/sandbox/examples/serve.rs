#[tokio::main]
async fn main() {
    let photos = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(60);
    let sandbox = pierrot_sandbox::start(pierrot_sandbox::Options { photos, flickr_port: 7801, x_port: 7802, static_port: 7803, ..Default::default() }).await.unwrap();
    println!("{}", serde_json::to_string_pretty(sandbox.described()).unwrap());
    std::future::pending::<()>().await;
}
