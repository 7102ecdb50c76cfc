#!/usr/bin/env python3
"""Verifies an audit pack with nothing but Python: python3 verify.py [KEY [PACK]]

Proves that each event of the project was in the log when the newest checkpoint was signed, byte
for byte, and that none of the project's events is missing. KEY is the log's public key as you
have it from elsewhere; without it the key in the pack is used, and you compare it yourself. PACK
is a folder; without it the one that this file lies in. Take this file from a release of Cairn:
nobody signs the one in a pack.
"""
import base64, hashlib, json, pathlib, re, sys, uuid

KEY, FOLDER = (sys.argv[1:] + [None, None])[:2]
FOLDER = pathlib.Path(FOLDER or pathlib.Path(__file__).absolute().parent)
PROVEN = ("checkpoints/consistency.json", "checkpoints/first", "checkpoints/newest",
          "events.ndjson", "log.pub")
COLUMNS = ("position", "project", "version", "id", "type", "schemaversion", "occurredon",
           "recordedat", "actorsubject", "actorpartner", "actorrole", "payload", "digest")
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def check(holds, what):
    if not holds:
        sys.exit("NOT VERIFIED: " + what)


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def decoded(texts):
    found = [base64.b64decode(text) for text in texts]
    check([base64.b64encode(each).decode() for each in found] == texts, "a hash is damaged")
    return found


def public_key(path):
    """The 32 bytes of a key in PEM, with line ends of any kind."""
    key = re.fullmatch(rb"-----BEGIN PUBLIC KEY-----\s+MCowBQYDK2VwAyEA([A-Za-z0-9+/]{43}=)\s+"
                       rb"-----END PUBLIC KEY-----\s*", path.read_bytes())
    check(key, "%s is no Ed25519 key in PEM" % path)
    return base64.b64decode(key[1])


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
    text, _, signatures = (FOLDER / name).read_bytes().decode().partition("\n\n")
    origin, size, root, *lines = text.split("\n")
    check(origin == "cairn/" + key[:8].hex(), name + " is of another log")
    start = "\u2014 " + origin + " "
    check(signatures.startswith(start) and signatures.count("\n") == 1, name + " has no signature")
    signature = decoded([signatures[len(start):-1]])[0]
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


def number(value, length, signed=False):
    check(type(value) is int, "an event has no number where one belongs")
    return value.to_bytes(length, "big", signed=signed)


def leaf_hash(event):
    """Over every column, each behind its length, with the hash of the payload in its place."""
    partner = event["actorpartner"]
    fields = [
        b"cairn.event.v1", number(event["position"], 8), event["project"].encode(),
        number(event["version"], 8), uuid.UUID(event["id"]).bytes,
        event["type"].encode(), number(event["schemaversion"], 4), event["occurredon"].encode(),
        number(event["recordedat"], 8, signed=True), event["actorsubject"].encode(),
        b"" if partner is None else number(partner, 4), event["actorrole"].encode(),
        sha256(event["payload"].encode()), bytes.fromhex(event["digest"])]
    return sha256(b"\x00", *(number(len(field), 8) + field for field in fields))


def verify():
    """JSON is held as a whole against what is proven: else it could say more."""
    sums, told = {}, json.loads((FOLDER / "manifest.json").read_bytes())
    for path in FOLDER.rglob("*"):
        name = path.relative_to(FOLDER).as_posix()
        is_ours = path.is_file() or name in ("checkpoints", "schemas")
        check(is_ours and not path.is_symlink(), name + " does not belong to a pack")
        if path.is_file() and name != "manifest.json":
            sums[name] = sha256(path.read_bytes()).hex()
    for name in sorted(set(sums) | set(told["files"])):
        check(sums.get(name) == told["files"].get(name), name + " is not the one that was packed")
    key = public_key(FOLDER / "log.pub")
    is_known = KEY is None or public_key(pathlib.Path(KEY)) == key
    check(is_known, "log.pub is another key than %s" % KEY)
    size, root, projects = checkpoint("checkpoints/newest", key)
    first, first_root, first_projects = checkpoint("checkpoints/first", key)
    growth = json.loads((FOLDER / "checkpoints/consistency.json").read_bytes())["hashes"]
    proof = decoded(growth)
    roots = grown(0, size, first, first_root, proof)
    check(roots == (first_root, root) and not proof, "the log did not only grow")
    project, last, before, types = told["project"], 0, 0, set()
    versions = int(projects[project])
    for line in (FOLDER / "events.ndjson").open("rb"):
        event = json.loads(line)
        name, place = "the event of version %s" % event["version"], (project, last + 1)
        check((event["project"], event["version"]) == place, name + " is out of place")
        leaf, proof = leaf_hash(event), decoded(event["proof"])
        top = included(0, size, event["position"] - 1, leaf, proof)
        check(top == root and not proof, name + " is not the one that was recorded")
        packed = {column: event[column] for column in COLUMNS}
        packed.update(id=str(uuid.UUID(event["id"])), digest=bytes.fromhex(event["digest"]).hex(),
                      leafhash=leaf.hex(), proof=event["proof"])
        text = json.dumps(packed, separators=(",", ":"), ensure_ascii=False) + "\n"
        check(line == text.encode(), name + " says more, or other, than what was recorded")
        last, before = last + 1, before + (event["position"] <= first)
        types.add(event["type"])
    check(last == versions, "%s events are there where %s were signed" % (last, versions))
    check(before == int(first_projects.get(project, 0)), "the first checkpoint has other versions")
    unsigned = sorted(set(sums) - set(PROVEN))
    for name in unsigned:
        schema = re.fullmatch(r"schemas/(.+)\.v[0-9]+\.json", name)
        is_ours = schema[1] in types if schema else name == "verify.py"
        check(is_ours, name + " does not belong to this pack")
    for name, proven in {
        "checkpoints/consistency.json": {"first": first, "hashes": growth, "size": size},
        "manifest.json": {
            "evidence": "none is held: events name their documents by address", "files": sums,
            "first": first, "format": 1, "log": "cairn/" + key[:8].hex(), "project": project,
            "size": size, "versions": versions}}.items():
        text = json.dumps(proven, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
        is_proven = (FOLDER / name).read_bytes() == text.encode()
        check(is_proven, name + " says more, or other, than what is proven")
    told = ["VERIFIED: all %s events of %s, as signed with the key %s" % (last, project, key.hex()),
            "Nobody signs these files; compare their SHA-256 with those of a release of Cairn:"]
    return "\n".join(told + [sums[name] + "  " + name for name in unsigned])


try:
    verified = verify()
except Exception as error:  # Whatever a pack has in it, the answer is a sentence.
    what = "%s: %s" % (type(error).__name__, error)
    sys.exit("NOT VERIFIED: the pack or the key cannot be read: " + what)
print(verified)
