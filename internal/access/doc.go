// Package access is the model of signing access: who the principals of an
// organization are, how they are named, which global roles and access lists
// exist, and which rules decide who may be on a list.
//
// It is pure: no HTTP, no Terraform, no input or output. Every rule names its
// source, so that a reader can tell what SignPath documents from what this
// project deduced.
package access
