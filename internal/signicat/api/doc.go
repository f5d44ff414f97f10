// Package api is a client of what Signicat's APIs show about access: the accounts of an
// organisation, and audit events. No API tells users, roles, permissions or grants, so nothing
// here does.
//
// How well each route is known stands in Signicat's OpenAPI document of this project.
package api
