// Package page tests, in a browser, the HTML page that "signpathctl review org" writes.
//
// It knows the page as an auditor does: it runs signpathctl, opens what that
// printed, and clicks. Start it with "make page-check".
package page
