"""기관의 연계를 읽습니다 · Reads an agency's referrals, with every flag and its citation.

pip install "confluent-kafka[avro,schemaregistry]"
python consumer.py 127.0.0.1:9092 http://127.0.0.1:8080 agency.HRDK-SEOUL.referral.v1
"""

import sys

from confluent_kafka import Consumer
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer
from confluent_kafka.serialization import MessageField, SerializationContext

kafka, web, topic = sys.argv[1:]
decode = AvroDeserializer(SchemaRegistryClient({"url": web}))
start = {"group.id": f"reader-of-{topic}", "auto.offset.reset": "earliest"}
consumer = Consumer({"bootstrap.servers": kafka, **start})
consumer.subscribe([topic])
while True:
    message = consumer.poll(1)
    if message is None or message.error():
        continue
    referral = decode(message.value(), SerializationContext(topic, MessageField.VALUE))
    firm = (referral["enterprise"] or {}).get("name", "(recall)")
    print(referral["referral_id"], f"v{referral['version']}", referral["status"], firm)
    for flag in referral["flags"]:
        size = f"{flag['value']} {flag['unit']}" if flag["value"] is not None else "-"
        words = (flag["rule"], flag["kind"], size, flag["status"], f"[{flag['section']}]")
        print("   ", *words, flag["citation"], flush=True)
