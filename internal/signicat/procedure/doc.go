// Package procedure is how access to Signicat is given and taken by a person, in the words of
// its pages, and the rules that judge a baseline of it.
//
// Everything is done in the Dashboard: no API is documented that lists or changes who has
// which role. What no page words says so.
package procedure
