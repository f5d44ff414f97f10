// Package review compares a baseline with what IgniSign's API shows to a key: the API keys, the ways
// to sign in and the webhooks of an application, its invitations, and that its members changed. That
// is little, so a review says what it cannot see as well. It is pure: who asks the API, hands over
// what it answered.
package review
