// Package keep is the keeper without its platform: an http.Handler that obeys
// core, keeps what must not be forgotten in an encrypted record, and answers
// small JSON. It decides nothing about a token.
//
// It runs inside a Durable Object, where all of its platform is JavaScript, and
// natively in its tests, where all of it is Go.
package keep
