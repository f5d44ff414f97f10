variable "resources" {
  type = number
}

locals {
  # range makes 1,024 numbers at most.
  resources = {
    for i in flatten([for block in range(0, var.resources, 1000) : range(block, min(block + 1000, var.resources))]) :
    format("%05d", i) => i
  }
}

resource "terraform_data" "floor" {
  for_each = local.resources

  input = {
    name  = "New user ${each.key}"
    email = "new.${each.key}@example.com"
  }
}
