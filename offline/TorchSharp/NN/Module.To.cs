using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public partial class Module
        {
            protected DeviceType _deviceType = DeviceType.CPU;
            protected int _deviceIndex = -1;

            protected internal virtual Module _to(Device device, ScalarType dtype, bool non_blocking)
            {
                CheckTarget(device.type, dtype);
                _toEpilog(dtype, device.type == DeviceType.CUDA ? device : new Device(device.type), non_blocking);
                return this;
            }

            protected internal virtual Module _to(DeviceType deviceType, int deviceIndex, bool non_blocking)
            {
                CheckTarget(deviceType, null);
                if (deviceType != DeviceType.CUDA) deviceIndex = -1;
                if (deviceType != _deviceType || deviceIndex != _deviceIndex) _toEpilog(deviceType, deviceIndex, non_blocking);
                return this;
            }

            protected internal virtual Module _to(ScalarType dtype, bool non_blocking)
            {
                CheckTarget(DeviceType.CPU, dtype);
                _toEpilog(dtype, non_blocking);
                return this;
            }

            public Module _to(Tensor other, bool non_blocking)
            {
                _to(other.dtype, non_blocking);
                return _to(other.device_type, other.device_index, non_blocking);
            }

            protected void _toEpilog(ScalarType dtype, bool non_blocking) => _toEpilog(dtype, null, non_blocking);

            protected void _toEpilog(Device device, ScalarType dtype, bool non_blocking) => _toEpilog(dtype, device, non_blocking);

            protected void _toEpilog(DeviceType deviceType, int deviceIndex, bool non_blocking) =>
                _toEpilog(null, new Device(deviceType, deviceIndex), non_blocking);

            /// <summary>Replaces the tensors that have to change by new ones, in the registry and in fields and properties.</summary>
            protected virtual void _toEpilog(ScalarType? dtype, Device? device, bool non_blocking)
            {
                if (dtype is null && device is null) throw new ArgumentNullException(nameof(dtype), "Neither a type nor a device was given.");
                foreach (var (_, module) in named_children())
                {
                    if (device is null) module._to(dtype!.Value, non_blocking);
                    else if (dtype is null) module._to(device.type, device.index, non_blocking);
                    else module._to(device, dtype.Value, non_blocking);
                }
                foreach (var (own, parameter) in named_parameters(false).ToList())
                {
                    if (!ReplaceParameter(dtype, device, parameter, out var replacement) || SetProperty(own, replacement)) continue;
                    parameter.Dispose();
                    ConditionallyRegisterParameter(own, replacement);
                    SetField(own, replacement);
                }
                foreach (var (own, buffer) in named_buffers(false).ToList())
                {
                    if (!ReplaceBuffer(dtype, device, buffer, out var replacement) || SetProperty(own, replacement)) continue;
                    ConditionallyRegisterBuffer(own, replacement);
                    SetField(own, replacement);
                }
                if (device is null) return;
                _deviceType = device.type;
                _deviceIndex = device.index;
            }

            protected static bool ReplaceBuffer(ScalarType? dtype, Device? device, Tensor buffer, out Tensor? result)
            {
                result = null;
                if (!Differs(buffer, dtype, device)) return false;
                result = buffer.to(TargetType(buffer, dtype), device ?? buffer.device, disposeAfter: true).DetachFromDisposeScope();
                return true;
            }

            protected static bool ReplaceParameter(ScalarType? dtype, Device? device, Parameter param, out Parameter? p)
            {
                using var grad = param.grad;
                p = null;
                if (!Differs(param, dtype, device) && (grad is null || !Differs(grad, dtype, device))) return false;
                using (no_grad())
                {
                    var type = TargetType(param, dtype);
                    var target = device ?? param.device;
                    p = new Parameter(param.to(type, target), param.requires_grad);
                    p.DetachFromDisposeScope();
                    if (grad is null) return true;
                    using var moved = grad.to(type, target).with_requires_grad(grad.requires_grad);
                    p.grad = moved;
                }
                return true;
            }

            private static void CheckTarget(DeviceType deviceType, ScalarType? dtype)
            {
                if (dtype is { } type && !type.IsFloatingPoint() && !is_complex(type))
                    throw new ArgumentException($"A module's parameters cannot be of type {type}.");
                if (deviceType == DeviceType.CUDA && !cuda.is_available()) throw new InvalidOperationException("There is no CUDA device.");
                InitializeDeviceType(deviceType);
            }

            private static bool Differs(Tensor tensor, ScalarType? dtype, Device? device) =>
                (dtype is { } type && tensor.dtype != type)
                || (device is not null && (tensor.device_type != device.type || tensor.device_index != device.index));

            // Integers stay what they are.
            private static ScalarType TargetType(Tensor tensor, ScalarType? dtype) =>
                dtype is { } type && (tensor.is_floating_point() || tensor.is_complex()) ? type : tensor.dtype;

            private bool SetProperty(string component, Tensor? value)
            {
                var property = Array.Find(GetType().GetProperties(), candidate => candidate.Name == component);
                property?.SetValue(this, value);
                return property is not null;
            }

            private void SetField(string component, Tensor? value) =>
                ComponentFields().FirstOrDefault(field => field.ComponentName() == component)?.SetValue(this, value);
        }
    }
}
