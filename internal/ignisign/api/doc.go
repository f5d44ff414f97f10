// Package api is the client of IgniSign's API: one application, as one API key sees it. What it
// knows of the API has three grades, which comments name: documented on a page that the vendor
// publishes, observed in the vendor's own client code or data models, or inferred. Nobody has
// tried it on a live server. What is unknown is an error here, and never a guess.
package api
