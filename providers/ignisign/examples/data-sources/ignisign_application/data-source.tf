# The application of the API key, which the provider takes from IGNISIGN_API_KEY.
data "ignisign_application" "contracts" {}

# Whoever holds a key may do everything in its environment. What IgniSign does not
# show to this key is null, and may well be there.
output "api_keys" {
  value = {
    for e in data.ignisign_application.contracts.environments : e.name => e.api_keys == null ? null : [for k in e.api_keys : "${k.name} (${k.status})"]
  }
}
