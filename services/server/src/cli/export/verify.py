#!/usr/bin/env python3
"""Verifies the audit pack that it lies in, with nothing but Python: python3 verify.py [KEY]

Proves that each event of the project was in the log when the newest checkpoint was signed, byte
for byte, and that none of the project's events is missing. KEY is the log's public key as you
have it from elsewhere; without it the key in the pack is used, and you compare it yourself.
"""
import base64, hashlib, json, os, sys

FOLDER = os.path.dirname(os.path.abspath(__file__))
EVIDENCE = "none is held: events name their documents by address"
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def check(holds, what):
    if not holds:
        sys.exit("NOT VERIFIED: " + what)


def read(name):
    with open(os.path.join(FOLDER, *name.split("/")), "rb") as file:
        return file.read()


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


# Ed25519, RFC 8032, section 5.1: points in extended coordinates.
def point(data):
    y, sign = int.from_bytes(data, "little") & (2**255 - 1), data[31] >> 7
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(x2, (P + 3) // 8, P)
    x = x if (x * x - x2) % P == 0 else x * pow(2, (P - 1) // 4, P) % P
    check(y < P and (x * x - x2) % P == 0, "a key or signature is no point")
    x = x if x & 1 == sign else P - x
    return x, y, 1, x * y % P


def add(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(n, p):
    q = (0, 1, 1, 0)
    while n:
        q, p, n = add(q, p) if n & 1 else q, add(p, p), n >> 1
    return q


def is_signed(key, message, signature):
    base = point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))
    r, s = point(signature[:32]), int.from_bytes(signature[32:], "little")
    h = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    a, b = times(s, base), add(r, times(h, point(key)))
    same = (a[0] * b[2] - b[0] * a[2]) % P == 0 == (a[1] * b[2] - b[1] * a[2]) % P
    return len(signature) == 64 and s < L and same


def checkpoint(name, key):
    """The size, the root and the projects' versions of a signed note (c2sp.org/signed-note)."""
    text, _, signatures = read(name).decode().partition("\n\n")
    origin, size, root, *lines = text.split("\n")
    check(origin == "cairn/" + key[:8].hex(), name + " is of another log")
    start = "\u2014 " + origin + " "
    check(signatures.startswith(start) and signatures.count("\n") == 1, name + " has no signature")
    signature = base64.b64decode(signatures[len(start):-1], validate=True)
    check(base64.b64encode(signature).decode() == signatures[len(start):-1], name + " is damaged")
    check(signature[:4] == sha256(origin.encode(), b"\n\x01", key)[:4], name + " has another key")
    message = text.encode() + b"\n"
    check(is_signed(key, message, signature[4:]), name + " is not signed by the log's key")
    projects = dict(line.split(" ")[1:] for line in lines if line.startswith("project "))
    return int(size), base64.b64decode(root), projects


# The Merkle tree of RFC 6962, section 2.1; proofs are used up from the end, which is the top.
def node(left, right):
    return sha256(b"\x01", left, right)


def included(low, high, index, leaf, proof):
    if high - low == 1:
        return leaf
    beside, middle = proof.pop(), low + (1 << (high - low - 1).bit_length() - 1)
    if index < middle:
        return node(included(low, middle, index, leaf, proof), beside)
    return node(beside, included(middle, high, index, leaf, proof))


def grown(low, high, first, root, proof):
    """The roots over the first events and over all of them."""
    if first == high:
        both = root if low == 0 else proof.pop()
        return both, both
    beside, middle = proof.pop(), low + (1 << (high - low - 1).bit_length() - 1)
    if first <= middle:
        old, new = grown(low, middle, first, root, proof)
        return old, node(new, beside)
    old, new = grown(middle, high, first, root, proof)
    return node(beside, old), node(beside, new)


def leaf_hash(event):
    """Over every column, each behind its length, with the hash of the payload in its place."""
    def number(value, length):
        return value.to_bytes(length, "big", signed=value < 0)
    partner = event["actorpartner"]
    fields = [
        b"cairn.event.v1", number(event["position"], 8), event["project"].encode(),
        number(event["version"], 8), bytes.fromhex(event["id"].replace("-", "")),
        event["type"].encode(), number(event["schemaversion"], 4), event["occurredon"].encode(),
        number(event["recordedat"], 8), event["actorsubject"].encode(),
        b"" if partner is None else number(partner, 4), event["actorrole"].encode(),
        sha256(event["payload"].encode()), bytes.fromhex(event["digest"])]
    return sha256(b"\x00", *(number(len(field), 8) + field for field in fields))


def verify():
    names = [os.path.join(folder, name) for folder, _, found in os.walk(FOLDER) for name in found]
    names = [os.path.relpath(name, FOLDER).replace(os.sep, "/") for name in names]
    files = {name: sha256(read(name)).hex() for name in names if name != "manifest.json"}
    told = json.loads(read("manifest.json"))
    for name in sorted(set(files) | set(told["files"])):
        check(files.get(name) == told["files"].get(name), name + " is not the one that was packed")
    pem = read("log.pub").decode().split("\n")
    key = base64.b64decode("".join(pem[1:-2]))[-32:]
    if len(sys.argv) > 1:
        with open(sys.argv[1], "rb") as file:
            check(file.read() == read("log.pub"), "log.pub is another key than " + sys.argv[1])
    size, root, projects = checkpoint("checkpoints/newest", key)
    first, first_root, first_projects = checkpoint("checkpoints/first", key)
    proof = json.loads(read("checkpoints/consistency.json"))
    proof = [base64.b64decode(hash) for hash in proof["hashes"]]
    roots = grown(0, size, first, first_root, proof)
    check(roots == (first_root, root) and not proof, "the log did not only grow")
    project, last, versions, before = told["project"], 0, int(projects[told["project"]]), 0
    for line in read("events.ndjson").splitlines():
        event = json.loads(line)
        name = "the event of version %s" % event["version"]
        is_next = event["project"] == project and event["version"] == last + 1
        check(is_next, name + " is out of place")
        proof = [base64.b64decode(hash) for hash in event["proof"]]
        top = included(0, size, event["position"] - 1, leaf_hash(event), proof)
        check(top == root and not proof, name + " is not the one that was recorded")
        last, before = last + 1, before + (event["position"] <= first)
    check(last == versions, "%s events are there where %s were signed" % (last, versions))
    check(before == int(first_projects.get(project, 0)), "the first checkpoint has other versions")
    expected = {"evidence": EVIDENCE, "files": files, "first": first, "format": 1,
                "log": "cairn/" + key[:8].hex(), "project": project, "size": size,
                "versions": versions}
    text = json.dumps(expected, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    check(read("manifest.json") == text.encode(), "manifest.json is not the one of this pack")
    print("VERIFIED: all %s events of %s, as signed with the key %s" % (last, project, key.hex()))


try:
    verify()
except (ValueError, KeyError, IndexError, TypeError, OSError, OverflowError) as error:
    sys.exit("NOT VERIFIED: the pack cannot be read: %r" % error)
