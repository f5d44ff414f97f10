// Package httpapi sends requests to the JSON API of a vendor, whichever it is:
// settings, credentials, retries, pace, proxy, certificates, and errors that say
// what to do. It knows no vendor: what differs from one to the next is a
// [Service].
package httpapi
