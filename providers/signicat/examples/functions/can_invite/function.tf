# true
output "can_the_tech_lead_invite_to_the_shop" {
  value = provider::signicat::can_invite({ "account:shop" = ["Account Admin"] }, "account:shop")
}

# null: the pages do not say it.
output "can_a_partner_invite_to_the_shop" {
  value = provider::signicat::can_invite({ "organisation" = ["Partner Organisation Admin"] }, "account:shop")
}
