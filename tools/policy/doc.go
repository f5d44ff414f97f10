// Package policy tests the policies that the guide about reviews for programs shows: it
// runs them on documents that signpathctl wrote, which its own tests hold to the schemas.
package policy
