// Package access is the model of access, for any vendor: who the principals of an
// organization are and how they are named, the places that they can hold roles at, and the
// vocabulary that says which roles there are and what they allow.
//
// It is pure: no HTTP, no Terraform, no input or output, and no vendor's name. What a vendor
// documents stands in the vocabulary of that vendor, each cell with its source.
package access
