using System.Text.Json.Serialization;

namespace RabbitBridge.Benchmarks.Control;

/// <summary>What a worker process tells the bench, one JSON line each.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "is")]
[JsonDerivedType(typeof(Ready), "ready")]
[JsonDerivedType(typeof(Measured), "measured")]
[JsonDerivedType(typeof(LoadEnded), "load-ended")]
[JsonDerivedType(typeof(MemoryTold), "memory-told")]
[JsonDerivedType(typeof(Registered), "registered")]
[JsonDerivedType(typeof(Returned), "returned")]
[JsonDerivedType(typeof(Failed), "failed")]
internal abstract record WorkerEvent;
