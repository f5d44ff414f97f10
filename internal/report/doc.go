// Package report tells who may do what in a live organization, and what is wrong
// with that: it reads the organization with the API client, lets package review
// judge it, and writes the outcome for people, spreadsheets and programs.
//
// What the token cannot see is said in every report, and makes no rule fire.
package report
