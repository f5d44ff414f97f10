# What happens in production is sent to these.
data "ignisign_webhooks" "production" {
  environment = "PRODUCTION"
}

output "urls" {
  value = [for w in data.ignisign_webhooks.production.webhooks : w.url if !w.is_disabled]
}
