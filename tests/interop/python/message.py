"""Sends a project message at a gateway, and prints what became of it: python3 message.py GATEWAY PROJECT HANDLER JSON"""
import json, os, sys, uuid
import pika

prefix = os.environ.get("RB_PREFIX", "rb1")
gateway, project, handler, payload = sys.argv[1:]
connection = pika.BlockingConnection(pika.URLParameters(os.environ["AMQP_URI"]))
channel = connection.channel()
channel.confirm_delivery()
replies = channel.queue_declare("", exclusive=True).method.queue
message = pika.BasicProperties(
    reply_to=replies, correlation_id=str(uuid.uuid4()), content_type="application/json",
    headers={"rb-project": project, "rb-message-handler": handler})
try:
    channel.basic_publish(f"{prefix}.project", gateway, payload, message, mandatory=True)
except pika.exceptions.UnroutableError:
    sys.exit(f"There is no gateway '{gateway}'.")

for _, answer, body in channel.consume(replies, auto_ack=True, inactivity_timeout=60):
    if answer is None:
        sys.exit("There was no answer in time.")
    if answer.headers["rb-status"] == "error":
        sys.exit(f"{answer.headers['rb-error']}: {body.decode()}")
    for receipt in json.loads(body):
        print(receipt.get("session", answer.headers["rb-gateway"]), receipt["status"])
    break
connection.close()
