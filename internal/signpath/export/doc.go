// Package export writes an existing organization as a Terraform configuration
// that imports it: a plan of the result shows imports and no change.
//
// It works in three steps that know nothing of each other's means: a strict survey
// reads the organization from SignPath, [Generate] makes files of it, and
// [Configuration.Write] puts those into a directory.
package export
