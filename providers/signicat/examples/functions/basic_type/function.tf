# "Writer". It is null for a name that does not end in a basic type.
output "basic_type" {
  value = provider::signicat::basic_type("DEM Writer")
}
