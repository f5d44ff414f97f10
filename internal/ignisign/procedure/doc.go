// Package procedure is how access to IgniSign is given and taken by a person, in the words of
// its pages, and the rules that judge a baseline of it.
//
// Organization users are managed in the Console; no API lists them or takes access away. For
// the users of one application there is a page in the Console, and nothing says where. What no
// page words says so.
package procedure
