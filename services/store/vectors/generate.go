// Prints test vectors of the Merkle tree of RFC 6962, made by golang.org/x/mod/sumdb/tlog, an
// implementation that shares nothing with ours. On Debian, with the packages golang-go and
// golang-golang-x-mod-dev:
//
//	GO111MODULE=off GOPATH=/usr/share/gocode go run generate.go > vectors.json
//
// The record of index n is the text "record n". `hashes` holds each hash once, in base64; a proof
// is a list of places in it.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"golang.org/x/mod/sumdb/tlog"
)

type root struct {
	Size uint64 `json:"size"`
	Hash int    `json:"hash"`
}

type inclusion struct {
	Size  int64 `json:"size"`
	Index int64 `json:"index"`
	Proof []int `json:"proof"`
}

type consistency struct {
	Size  int64 `json:"size"`
	First int64 `json:"first"`
	Proof []int `json:"proof"`
}

type vectors struct {
	Hashes      []string      `json:"hashes"`
	Roots       []root        `json:"roots"`
	Inclusion   []inclusion   `json:"inclusion"`
	Consistency []consistency `json:"consistency"`
	places      map[tlog.Hash]int
}

func (v *vectors) place(hash tlog.Hash) int {
	place, there := v.places[hash]
	if !there {
		place = len(v.Hashes)
		v.places[hash] = place
		v.Hashes = append(v.Hashes, hash.String())
	}
	return place
}

func (v *vectors) proof(hashes []tlog.Hash) []int {
	places := []int{}
	for _, hash := range hashes {
		places = append(places, v.place(hash))
	}
	return places
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func main() {
	const largest = 70000
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		var hashes []tlog.Hash
		for _, index := range indexes {
			hashes = append(hashes, stored[index])
		}
		return hashes, nil
	})
	for n := int64(0); n < largest; n++ {
		hashes, err := tlog.StoredHashes(n, []byte(fmt.Sprintf("record %d", n)), reader)
		must(err)
		stored = append(stored, hashes...)
	}

	all := &vectors{places: map[tlog.Hash]int{}}
	sizes := []int64{1, 2, 3, 4, 5, 7, 8, 9, 31, 64, 100, 255, 256, 257, 300, 511, 512, 513,
		4095, 4097, 65535, 65536, 65537, 65792, 66000, largest}
	for size := int64(1); size <= 300; size++ {
		hash, err := tlog.TreeHash(size, reader)
		must(err)
		all.Roots = append(all.Roots, root{uint64(size), all.place(hash)})
	}
	for _, size := range sizes {
		if size > 300 {
			hash, err := tlog.TreeHash(size, reader)
			must(err)
			all.Roots = append(all.Roots, root{uint64(size), all.place(hash)})
		}
		indexes := map[int64]bool{}
		for _, index := range []int64{0, 1, size / 3, size / 2, 255, 256, 300, 65535, 65536,
			size - 2, size - 1} {
			if index < 0 || index >= size || indexes[index] {
				continue
			}
			indexes[index] = true
			proof, err := tlog.ProveRecord(size, index, reader)
			must(err)
			all.Inclusion = append(all.Inclusion, inclusion{size, index, all.proof(proof)})
		}
		for _, first := range sizes {
			if first > size {
				continue
			}
			proof, err := tlog.ProveTree(size, first, reader)
			must(err)
			all.Consistency = append(all.Consistency, consistency{size, first, all.proof(proof)})
		}
	}
	out, err := json.Marshal(all)
	must(err)
	fmt.Println(string(out))
}
