// Package review compares a baseline with what Signicat's APIs show: the accounts of an organisation,
// and audit events that somebody chose. That is little, so a review says what it cannot see as well. It
// is pure: who asks the APIs, hands over what they answered.
package review
