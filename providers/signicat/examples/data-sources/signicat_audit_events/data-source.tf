# Events by a filter of your own. "mock-dashboard" is what the mock server of this
# project calls a service; which names Signicat has, it does not publish, and
# neither which operators. signicat_audit_metadata shows what it tells of them.
data "signicat_audit_events" "access" {
  filter = [
    { field = "serviceName", operator = "eq", value = "mock-dashboard" },
  ]
  from  = "2026-11-01T00:00:00Z"
  limit = 100
}

output "access_events" {
  value = [for e in data.signicat_audit_events.access.events : "${e.timestamp} ${e.event_type}"]
}
