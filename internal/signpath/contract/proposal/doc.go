// Package proposal makes a mapping file for a server from its OpenAPI document, and a report on
// such a document.
//
// It goes by structure first: by enumerations of roles, by formats, by which route takes what,
// and by what is left when all else is known. What only words tell is marked, so that nothing is
// written through it before a person has confirmed it; and what nothing tells is asked, as
// somebody can answer who looks at the web application. Where two things fit, it asks: whatever
// decides about access is never stated for its name alone, unless that is the assumed one.
package proposal
