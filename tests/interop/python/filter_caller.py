"""Asks all sessions that a filter selects, and collects their answers: python3 filter_caller.py FILTER PATH TEXT"""
import os, sys, uuid
import pika

prefix = os.environ.get("RB_PREFIX", "rb1")
text_filter, path, text = sys.argv[1:]
connection = pika.BlockingConnection(pika.URLParameters(os.environ["AMQP_URI"]))
channel = connection.channel()
channel.confirm_delivery()
replies = channel.queue_declare("", exclusive=True).method.queue
request = pika.BasicProperties(
    reply_to=replies, correlation_id=str(uuid.uuid4()), content_type="text/plain", expiration="5000", headers={"rb-filter": text_filter})
try:
    channel.basic_publish(f"{prefix}.session", path.replace("/", "."), text, request, mandatory=True)
except pika.exceptions.UnroutableError:
    sys.exit("There is no gateway.")

# Each gateway tells how many gateways there are, and to how many sessions it has sent the request; each of these answers, or its gateway for it.
gateways = counts = counted = answered = 0
for _, answer, body in channel.consume(replies, auto_ack=True, inactivity_timeout=6):
    if answer is None:
        break
    if answer.correlation_id != request.correlation_id:
        continue
    if "rb-session" in answer.headers:
        answered += 1
        print(answer.headers["rb-session"], answer.headers.get("rb-error", "ok"), body.decode())
    elif "rb-error" in answer.headers:
        sys.exit(f"{answer.headers['rb-gateway']}: {answer.headers['rb-error']}: {body.decode()}")
    else:
        gateways, counts, counted = max(gateways, answer.headers["rb-gateways"]), counts + 1, counted + answer.headers["rb-count"]
    if counts >= gateways > 0 and answered >= counted:
        break
print(f"{answered} of {counted} sessions")
connection.close()
