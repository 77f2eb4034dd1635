// The SHA-256 of a text, hashed again as often as wanted. Parameters are JSON on standard input.
package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"log"
	"os"
)

type parameters struct {
	Text   string `json:"text"`
	Rounds int    `json:"rounds"`
}

type result struct {
	Rounds   int    `json:"rounds"`
	Checksum string `json:"checksum"`
}

func main() {
	var given parameters
	if err := json.NewDecoder(os.Stdin).Decode(&given); err != nil {
		log.Fatalf("parameters: %v", err)
	}
	log.Printf("hashing %d bytes %d times", len(given.Text), given.Rounds)
	sum := []byte(given.Text)
	for range make([]struct{}, given.Rounds) {
		next := sha256.Sum256(sum)
		sum = next[:]
	}
	if err := json.NewEncoder(os.Stdout).Encode(result{given.Rounds, hex.EncodeToString(sum)}); err != nil {
		log.Fatal(err)
	}
}
