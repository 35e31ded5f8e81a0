using System.Text.Json.Serialization;

namespace RabbitBridge.Benchmarks.Control;

/// <summary>What the bench tells a worker process, one JSON line each. Its first command makes it what it is.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "do")]
[JsonDerivedType(typeof(AnswerFilters), "answer-filters")]
[JsonDerivedType(typeof(AnswerInGateway), "answer-in-gateway")]
[JsonDerivedType(typeof(AnswerInHub), "answer-in-hub")]
[JsonDerivedType(typeof(AnswerRaw), "answer-raw")]
[JsonDerivedType(typeof(AnswerRemotely), "answer-remotely")]
[JsonDerivedType(typeof(CallByFilter), "call-by-filter")]
[JsonDerivedType(typeof(CallByPath), "call-by-path")]
[JsonDerivedType(typeof(CallBySession), "call-by-session")]
[JsonDerivedType(typeof(CallHub), "call-hub")]
[JsonDerivedType(typeof(CallLocally), "call-locally")]
[JsonDerivedType(typeof(CallRaw), "call-raw")]
[JsonDerivedType(typeof(CallRawBatch), "call-raw-batch")]
[JsonDerivedType(typeof(CallRemotely), "call-remotely")]
[JsonDerivedType(typeof(CallUnhandled), "call-unhandled")]
[JsonDerivedType(typeof(ConsumeRaw), "consume-raw")]
[JsonDerivedType(typeof(HandleMessages), "handle-messages")]
[JsonDerivedType(typeof(HostGateway), "host-gateway")]
[JsonDerivedType(typeof(PingRaw), "ping-raw")]
[JsonDerivedType(typeof(PublishRaw), "publish-raw")]
[JsonDerivedType(typeof(SendMessages), "send-messages")]
[JsonDerivedType(typeof(Measure), "measure")]
internal abstract record WorkerCommand;
