// Oracle checks a board with code that is not ours: Go's golang.org/x/mod/sumdb, note and tlog.
//
//	oracle FOLDER
//
// FOLDER holds what a board serves (checkpoint, tile/…), and beside it what is to be checked:
//
//	key              the board's verifier key
//	witness          the verifier key of a witness who cosigned (optional)
//	older            a signed checkpoint from before
//	consistency      the proof from the older to the newer, a hash in base64 a line
//	inclusion/N      the inclusion proof of entry N, likewise
//
// It prints what it checked, or what failed, and then exits with status 1.
package main

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const tileHeight = 8

func main() {
	if err := check(os.Args[1]); err != nil {
		fmt.Println("refused:", err)
		os.Exit(1)
	}
}

func check(folder string) error {
	newer, err := openCheckpoint(folder, "checkpoint")
	if err != nil {
		return err
	}
	older, err := openCheckpoint(folder, "older")
	if err != nil {
		return err
	}
	// A reader over the tiles checks every hash that it gives against the root of the newer one.
	hashes := tlog.TileHashReader(newer, tiles{folder})
	if err := checkRoot(older, hashes); err != nil {
		return err
	}
	if err := checkEntries(folder, newer, hashes); err != nil {
		return err
	}
	if err := checkConsistency(folder, older, newer, hashes); err != nil {
		return err
	}
	inclusions, err := checkInclusions(folder, newer, hashes)
	if err != nil {
		return err
	}
	fmt.Printf("accepted: %d entries, %d inclusions, from %d\n", newer.N, inclusions, older.N)
	return nil
}

// openCheckpoint checks the signatures of the board, and of the witness where there is one.
func openCheckpoint(folder, name string) (tlog.Tree, error) {
	known, wanted := []note.Verifier{}, 0
	board, err := os.ReadFile(filepath.Join(folder, "key"))
	if err != nil {
		return tlog.Tree{}, err
	}
	verifier, err := note.NewVerifier(string(board))
	if err != nil {
		return tlog.Tree{}, err
	}
	known, wanted = append(known, verifier), wanted+1
	if key, err := os.ReadFile(filepath.Join(folder, "witness")); err == nil {
		witness, err := newWitness(string(key))
		if err != nil {
			return tlog.Tree{}, err
		}
		known, wanted = append(known, witness), wanted+1
	}
	signed, err := os.ReadFile(filepath.Join(folder, name))
	if err != nil {
		return tlog.Tree{}, err
	}
	opened, err := note.Open(signed, note.VerifierList(known...))
	if err != nil {
		return tlog.Tree{}, fmt.Errorf("%s: %w", name, err)
	}
	if len(opened.Sigs) != wanted {
		return tlog.Tree{}, fmt.Errorf("%s: %d signatures of %d", name, len(opened.Sigs), wanted)
	}
	return parse(opened.Text, verifier.Name())
}

func parse(text, origin string) (tlog.Tree, error) {
	lines := strings.Split(text, "\n")
	if len(lines) != 4 || lines[0] != origin {
		return tlog.Tree{}, errors.New("not a checkpoint of this board")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: root}, err
}

func checkRoot(tree tlog.Tree, hashes tlog.HashReader) error {
	root, err := tlog.TreeHash(tree.N, hashes)
	if err == nil && root != tree.Hash {
		err = errors.New("the older root is not that of the tiles")
	}
	return err
}

// checkEntries hashes each entry of each bundle and compares it with its leaf in the tree.
func checkEntries(folder string, tree tlog.Tree, hashes tlog.HashReader) error {
	for first := int64(0); first < tree.N; first += 1 << tileHeight {
		width := min(tree.N-first, 1<<tileHeight)
		tile := tlog.Tile{H: tileHeight, L: -1, N: first >> tileHeight, W: int(width)}
		bundle, err := os.ReadFile(filepath.Join(folder, pathOf(tile)))
		if err != nil {
			return err
		}
		indexes := []int64{}
		for at := first; at < first+width; at++ {
			indexes = append(indexes, tlog.StoredHashIndex(0, at))
		}
		leaves, err := hashes.ReadHashes(indexes)
		if err != nil {
			return err
		}
		for _, leaf := range leaves {
			if len(bundle) < 2 || len(bundle) < 2+int(binary.BigEndian.Uint16(bundle)) {
				return errors.New("a bundle ends early")
			}
			length := int(binary.BigEndian.Uint16(bundle))
			if tlog.RecordHash(bundle[2:2+length]) != leaf {
				return errors.New("an entry is not its leaf")
			}
			bundle = bundle[2+length:]
		}
		if len(bundle) != 0 {
			return errors.New("a bundle goes on")
		}
	}
	return nil
}

// checkConsistency checks the proof that we were given, and compares it with one made by tlog.
func checkConsistency(folder string, older, newer tlog.Tree, hashes tlog.HashReader) error {
	given, err := readHashes(filepath.Join(folder, "consistency"))
	if err != nil {
		return err
	}
	if err := tlog.CheckTree(given, newer.N, newer.Hash, older.N, older.Hash); err != nil {
		return fmt.Errorf("consistency: %w", err)
	}
	made, err := tlog.ProveTree(newer.N, older.N, hashes)
	if err == nil && !same(given, made) {
		err = errors.New("consistency: another proof than tlog's")
	}
	return err
}

// checkInclusions does the same for each inclusion proof, and counts them.
func checkInclusions(folder string, tree tlog.Tree, hashes tlog.HashReader) (int, error) {
	files, err := filepath.Glob(filepath.Join(folder, "inclusion", "*"))
	if err != nil {
		return 0, err
	}
	for _, file := range files {
		index, err := strconv.ParseInt(filepath.Base(file), 10, 64)
		if err != nil {
			return 0, err
		}
		given, err := readHashes(file)
		if err != nil {
			return 0, err
		}
		leaf, err := hashes.ReadHashes([]int64{tlog.StoredHashIndex(0, index)})
		if err != nil {
			return 0, err
		}
		if err := tlog.CheckRecord(given, tree.N, tree.Hash, index, leaf[0]); err != nil {
			return 0, fmt.Errorf("inclusion of %d: %w", index, err)
		}
		made, err := tlog.ProveRecord(tree.N, index, hashes)
		if err != nil {
			return 0, err
		}
		if !same(given, made) {
			return 0, fmt.Errorf("inclusion of %d: another proof than tlog's", index)
		}
	}
	return len(files), nil
}

func readHashes(file string) ([]tlog.Hash, error) {
	octets, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	found := []tlog.Hash{}
	for _, line := range strings.Fields(string(octets)) {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return nil, err
		}
		found = append(found, hash)
	}
	return found, nil
}

func same(one, other []tlog.Hash) bool {
	if len(one) != len(other) {
		return false
	}
	for at := range one {
		if one[at] != other[at] {
			return false
		}
	}
	return true
}

// tiles reads the board's tiles from files. tlog names a tile with its height, tlog-tiles without.
type tiles struct{ folder string }

func (t tiles) Height() int { return tileHeight }

func (t tiles) SaveTiles([]tlog.Tile, [][]byte) {}

func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	found := [][]byte{}
	for _, tile := range wanted {
		octets, err := os.ReadFile(filepath.Join(t.folder, pathOf(tile)))
		if err != nil {
			return nil, err
		}
		found = append(found, octets)
	}
	return found, nil
}

func pathOf(tile tlog.Tile) string {
	path := strings.TrimPrefix(tile.Path(), fmt.Sprintf("tile/%d/", tileHeight))
	return filepath.FromSlash("tile/" + strings.Replace(path, "data/", "entries/", 1))
}

// witness checks a cosignature, version 1: a time in eight bytes, and a signature over it.
type witness struct {
	name string
	id   uint32
	key  ed25519.PublicKey
}

func newWitness(text string) (witness, error) {
	pieces := strings.SplitN(text, "+", 3)
	if len(pieces) != 3 {
		return witness{}, errors.New("not a witness's key")
	}
	id, err := strconv.ParseUint(pieces[1], 16, 32)
	if err != nil {
		return witness{}, err
	}
	octets, err := base64.StdEncoding.DecodeString(pieces[2])
	if err != nil || len(octets) != 33 || octets[0] != 4 {
		return witness{}, errors.New("not a witness's key")
	}
	return witness{pieces[0], uint32(id), octets[1:]}, nil
}

func (w witness) Name() string    { return w.name }
func (w witness) KeyHash() uint32 { return w.id }

func (w witness) Verify(text, signature []byte) bool {
	if len(signature) != 72 {
		return false
	}
	moment := binary.BigEndian.Uint64(signature)
	message := append([]byte(fmt.Sprintf("cosignature/v1\ntime %d\n", moment)), text...)
	return ed25519.Verify(w.key, message, signature[8:])
}
