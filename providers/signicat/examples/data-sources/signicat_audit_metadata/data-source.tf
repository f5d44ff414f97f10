# What Signicat tells of what audit events can be asked for by. Its form is not
# documented: look at it, then write a filter.
data "signicat_audit_metadata" "all" {}

output "targets" {
  value = data.signicat_audit_metadata.all.targets
}
