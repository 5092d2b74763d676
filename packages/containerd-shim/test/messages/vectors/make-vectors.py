"""Writes vectors.jsonl: messages as Google's protobuf for Python encodes them, and what is in them.

Needs protoc and python3-protobuf (3.21 was used), and the public definitions of containerd/containerd (api), containerd/cgroups and
containerd/ttrpc, with `string criu_path = 8` put back into runc's Options, where containerd 1.6 and 1.7 have it:

    protoc -I. --include_imports --descriptor_set_out=all.pb $(find * -name '*.proto')
    python3 make-vectors.py all.pb > vectors.jsonl
"""
import base64, json, random, sys
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.descriptor import FieldDescriptor as F

PREFIXES = ("containerd.task.v3.", "containerd.events.Task", "containerd.runc.v1.", "runtimeoptions.v1.", "ttrpc.",
            "containerd.runtime.bootstrap.v1.", "io.containerd.cgroups.", "google.rpc.Status", "containerd.v1.types.ProcessInfo")
NAMES = ("containerd.types.Mount", "containerd.types.RuntimeInfo", "containerd.types.RuntimeVersion", "containerd.types.Envelope",
         "containerd.services.events.ttrpc.v1.ForwardRequest", "google.protobuf.Timestamp", "google.protobuf.Any")
UNUSED = ("ttrpc.StringList", "containerd.task.v3.ExecProcessResponse")
TEXTS = ["", "a", "redis/0", "/run/x y", "späße", "日本", "\U0001f680", "\u0000", "x" * 200]

pool = descriptor_pool.DescriptorPool()
files = descriptor_pb2.FileDescriptorSet.FromString(open(sys.argv[1], "rb").read()).file
for file in files:
    pool.Add(file)
factory = message_factory.MessageFactory(pool)
rng = random.Random(6)


def scalar(field):
    kind = field.type
    if kind == F.TYPE_STRING: return rng.choice(TEXTS)
    if kind == F.TYPE_BYTES: return rng.randbytes(rng.choice([0, 1, 3, 130]))
    if kind == F.TYPE_BOOL: return rng.random() < 0.5
    if kind == F.TYPE_DOUBLE: return rng.choice([0.0, 0.25, -1.5, 99.99, 1e300])
    if kind == F.TYPE_UINT32: return rng.choice([0, 1, 127, 128, 300, 2**31, 2**32 - 1, rng.getrandbits(32)])
    if kind in (F.TYPE_INT32, F.TYPE_ENUM): return rng.choice([0, 1, 5, -1, -62, 2**31 - 1, -2**31])
    if kind == F.TYPE_UINT64: return rng.choice([0, 1, 2**32, 2**53 - 1, 2**53, 2**63, 2**64 - 1, rng.getrandbits(64)])
    if kind == F.TYPE_INT64: return rng.choice([0, 1, -1, -62135596800, 2**53, 2**63 - 1, -2**63, rng.getrandbits(62)])
    raise Exception(field.full_name)


def fill(message, density):
    for field in message.DESCRIPTOR.fields:
        if rng.random() > density: continue
        many = field.label == F.LABEL_REPEATED
        value = getattr(message, field.name)
        if many and field.message_type and field.message_type.GetOptions().map_entry:
            value[rng.choice(TEXTS)] = rng.choice(TEXTS)
        elif field.message_type:
            for _ in range(rng.choice([1, 2]) if many else 1):
                inner = value.add() if many else value
                inner.SetInParent() if not many else None
                fill(inner, density)
        elif many: value.extend(scalar(field) for _ in range(rng.choice([1, 4])))
        else: setattr(message, field.name, scalar(field))


def told(field, value):
    if field.message_type: return tell(value)
    if field.type == F.TYPE_BYTES: return base64.b64encode(value).decode()
    if field.type in (F.TYPE_UINT64, F.TYPE_INT64): return str(value)
    return value


def tell(message):
    """Absent messages are null; 64 bit numbers are strings; bytes are base64."""
    fields = {}
    for field in message.DESCRIPTOR.fields:
        value = getattr(message, field.name)
        if field.label != F.LABEL_REPEATED:
            absent = field.message_type and not message.HasField(field.name)
            fields[field.json_name] = None if absent else told(field, value)
        elif field.message_type and field.message_type.GetOptions().map_entry: fields[field.json_name] = dict(value)
        else: fields[field.json_name] = [told(field, one) for one in value]
    return fields


vectors = []
names = sorted(f"{file.package}.{m.name}" for file in files for m in file.message_type)
for name in names:
    if name in UNUSED or not (name.startswith(PREFIXES) or name in NAMES): continue
    make = factory.GetPrototype(pool.FindMessageTypeByName(name))
    for density in (1, 0.5, 0.5):
        message = make()
        fill(message, density)
        vectors.append({"name": name, "hex": message.SerializeToString(deterministic=True).hex(), "fields": tell(message)})
print("\n".join(json.dumps(v, separators=(",", ":")) for v in vectors))
