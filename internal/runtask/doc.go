// Package runtask is a run task of HCP Terraform or Terraform Enterprise: a service that
// is told of each plan, judges it, and says whether the run may go on.
//
// It speaks the public protocol of run tasks and knows no vendor whose resources are in a
// plan; who judges is handed to it. What it is sent, it believes only if it is signed. It
// talks to one host, and gives the token of a run to no other one. Whatever cannot be
// read or judged has failed.
package runtask
