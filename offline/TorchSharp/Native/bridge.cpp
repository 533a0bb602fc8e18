// A C ABI over libtorch for the C# side of the TorchSharp stand-in: operators called by schema name, tensor handles,
// autograd, generators. Every function returns 0, or -1 with a message in ts_text(TextLastError); nothing throws across.
//
// A tensor handle is an owned TensorImpl reference, a generator handle an owned GeneratorImpl reference.

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>
#include <ATen/ExpandUtils.h>
#include <ATen/OpMathType.h>
#include <ATen/Parallel.h>
#include <ATen/TensorIndexing.h>
#include <ATen/Version.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/result_type.h>
#include <c10/core/InferenceMode.h>
#include <torch/csrc/api/include/torch/version.h>
#include <torch/csrc/autograd/anomaly_mode.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/library.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <string>
#include <vector>

#define EXPORT extern "C" __attribute__((visibility("default"))) int

namespace {

using c10::IValue;
using c10::TypeKind;

enum Tag : int64_t { TagNone, TagTensor, TagInt, TagDouble, TagBool, TagInts, TagTensors, TagDoubles, TagString, TagDevice, TagGenerator, TagDefault };

// Mirrors NativeValue in C#. 'size' is the length of a list or string; a device is type << 8 | (index + 1).
struct Value {
    int64_t tag;
    int64_t size;
    union {
        int64_t integer;
        double real;
        void* pointer;
    };
};

thread_local std::string last_error;

template <class F>
int guarded(F&& body) noexcept
{
    try {
        try {
            body();
            return 0;
        } catch (const c10::Error& e) {
            last_error = e.what_without_backtrace();
        } catch (const std::exception& e) {
            last_error = e.what();
        } catch (...) {
            last_error = "an error of unknown kind in libtorch";
        }
    } catch (...) {
        // Out of memory while copying the message: the code alone has to do.
    }
    return -1;
}

at::Tensor borrow(void* handle)
{
    TORCH_CHECK(handle != nullptr, "This tensor has been disposed of.");
    return at::Tensor(c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::reclaim_copy(static_cast<c10::TensorImpl*>(handle)));
}

void* release(at::Tensor tensor)
{
    return tensor.defined() ? tensor.unsafeReleaseIntrusivePtr().release() : nullptr;
}

std::vector<at::Tensor> borrow_all(void* const* handles, int64_t count)
{
    std::vector<at::Tensor> tensors;
    tensors.reserve(count);
    for (int64_t i = 0; i < count; i++) tensors.push_back(handles[i] ? borrow(handles[i]) : at::Tensor());
    return tensors;
}

at::Generator borrow_generator(void* handle)
{
    TORCH_CHECK(handle != nullptr, "This generator has been disposed of.");
    return at::Generator(c10::intrusive_ptr<c10::GeneratorImpl>::reclaim_copy(static_cast<c10::GeneratorImpl*>(handle)));
}

c10::Device to_device(int64_t packed)
{
    auto type = packed >> 8;
    TORCH_CHECK(type >= 0 && type < static_cast<int64_t>(c10::DeviceType::COMPILE_TIME_MAX_DEVICE_TYPES), "unknown device type ", type);
    return c10::Device(static_cast<c10::DeviceType>(type), static_cast<c10::DeviceIndex>((packed & 255) - 1));
}

// ---- operators ----

struct Parameter {
    TypeKind kind;                 // of the type, or of what is optional
    TypeKind element;              // of a list's elements
    bool optional;
    bool optional_elements;
    c10::optional<IValue> fallback;
    std::string name;
};

struct Operator {
    c10::OperatorHandle handle;
    std::vector<Parameter> parameters;
    bool writes_first_argument;
    bool writes_later_argument;
};

TypeKind kind_of(const c10::TypePtr& type, bool& optional)
{
    if (auto wrapped = type->cast<c10::OptionalType>()) {
        optional = true;
        return wrapped->getElementType()->kind();
    }
    optional = false;
    return type->kind();
}

Parameter describe(const c10::Argument& argument)
{
    Parameter p;
    auto type = argument.type();
    p.kind = kind_of(type, p.optional);
    if (auto wrapped = type->cast<c10::OptionalType>()) type = wrapped->getElementType();
    p.element = TypeKind::NoneType;
    p.optional_elements = false;
    if (auto list = type->cast<c10::ListType>()) p.element = kind_of(list->getElementType(), p.optional_elements);
    p.fallback = argument.default_value();
    p.name = argument.name();
    return p;
}

bool is_integer(TypeKind kind) { return kind == TypeKind::IntType || kind == TypeKind::SymIntType; }

IValue to_list(const Value& value, const Parameter& p)
{
    if (value.tag == TagInts && is_integer(p.element)) {
        auto data = static_cast<const int64_t*>(value.pointer);
        return IValue(std::vector<int64_t>(data, data + value.size));
    }
    if (value.tag == TagDoubles && p.element == TypeKind::FloatType) {
        auto data = static_cast<const double*>(value.pointer);
        return IValue(std::vector<double>(data, data + value.size));
    }
    if (value.tag == TagTensors && p.element == TypeKind::TensorType) {
        auto handles = static_cast<void* const*>(value.pointer);
        if (p.optional_elements) {
            c10::List<c10::optional<at::Tensor>> list;
            list.reserve(value.size);
            for (int64_t i = 0; i < value.size; i++)
                list.push_back(handles[i] ? c10::optional<at::Tensor>(borrow(handles[i])) : c10::nullopt);
            return IValue(std::move(list));
        }
        c10::List<at::Tensor> list;
        list.reserve(value.size);
        for (int64_t i = 0; i < value.size; i++) list.push_back(borrow(handles[i]));
        return IValue(std::move(list));
    }
    TORCH_CHECK(false, "argument '", p.name, "' cannot be made from what was given for it");
}

IValue to_argument(const Value& value, const Parameter& p)
{
    if (value.tag == TagDefault) {
        TORCH_CHECK(p.fallback.has_value(), "argument '", p.name, "' has no default");
        return *p.fallback;
    }
    if (value.tag == TagNone) {
        TORCH_CHECK(p.optional, "argument '", p.name, "' must not be null");
        return IValue();
    }
    switch (p.kind) {
    case TypeKind::TensorType:
        if (value.tag == TagTensor) return IValue(borrow(value.pointer));
        break;
    case TypeKind::IntType:
    case TypeKind::SymIntType:
        if (value.tag == TagInt || value.tag == TagBool) return IValue(value.integer);
        break;
    case TypeKind::FloatType:
        if (value.tag == TagDouble) return IValue(value.real);
        if (value.tag == TagInt) return IValue(static_cast<double>(value.integer));
        break;
    case TypeKind::BoolType:
        if (value.tag == TagBool) return IValue(value.integer != 0);
        break;
    case TypeKind::NumberType:
        if (value.tag == TagDouble) return IValue(value.real);
        if (value.tag == TagInt) return IValue(value.integer);
        if (value.tag == TagBool) return IValue(value.integer != 0);
        break;
    case TypeKind::ListType:
        return to_list(value, p);
    case TypeKind::StringType:
        if (value.tag == TagString) return IValue(std::string(static_cast<const char*>(value.pointer), value.size));
        break;
    case TypeKind::DeviceObjType:
        if (value.tag == TagDevice) return IValue(to_device(value.integer));
        break;
    case TypeKind::GeneratorType:
        if (value.tag == TagGenerator) return IValue(borrow_generator(value.pointer));
        break;
    default:
        break;
    }
    TORCH_CHECK(false, "argument '", p.name, "' cannot be made from what was given for it");
}

Value to_value(IValue&& result)
{
    Value value;
    value.size = 0;
    if (result.isTensor()) {
        value.tag = TagTensor;
        value.pointer = release(std::move(result).toTensor());
    } else if (result.isInt()) {
        value.tag = TagInt;
        value.integer = result.toInt();
    } else if (result.isDouble()) {
        value.tag = TagDouble;
        value.real = result.toDouble();
    } else if (result.isBool()) {
        value.tag = TagBool;
        value.integer = result.toBool();
    } else if (result.isTensorList()) {
        auto list = result.toTensorVector();
        auto handles = static_cast<void**>(std::malloc(std::max<size_t>(1, list.size()) * sizeof(void*)));
        TORCH_CHECK(handles != nullptr, "out of memory");
        for (size_t i = 0; i < list.size(); i++) handles[i] = release(std::move(list[i]));
        value.tag = TagTensors;
        value.size = static_cast<int64_t>(list.size());
        value.pointer = handles;
    } else {
        TORCH_CHECK(result.isNone(), "a result of a kind that is not supported: ", result.tagKind());
        value.tag = TagNone;
        value.pointer = nullptr;
    }
    return value;
}

bool holds(const std::vector<IValue>& stack, at::ScalarType type)
{
    return std::any_of(stack.begin(), stack.end(),
        [type](const IValue& item) { return item.isTensor() && item.toTensor().defined() && item.toTensor().scalar_type() == type; });
}

void recast(std::vector<IValue>& stack, at::ScalarType from, at::ScalarType to)
{
    for (auto& item : stack)
        if (item.isTensor() && item.toTensor().defined() && item.toTensor().scalar_type() == from) item = IValue(item.toTensor().to(to));
}

// Newer releases have float16 and bfloat16 kernels on the CPU that this one lacks: go through float32 there.
void call(const Operator& op, std::vector<IValue>& stack)
{
    auto small = op.writes_later_argument ? at::kFloat : holds(stack, at::kHalf) ? at::kHalf : holds(stack, at::kBFloat16) ? at::kBFloat16 : at::kFloat;
    if (small == at::kFloat) {
        op.handle.callBoxed(&stack);
        return;
    }
    auto arguments = stack;
    try {
        op.handle.callBoxed(&stack);
    } catch (const c10::Error& e) {
        auto missing = std::string("not implemented for '") + c10::toString(small) + "'";
        if (std::strstr(e.what_without_backtrace(), missing.c_str()) == nullptr) throw;
        auto target = arguments[0];
        recast(arguments, small, at::kFloat);
        op.handle.callBoxed(&arguments);
        if (op.writes_first_argument) {
            target.toTensor().copy_(arguments[0].toTensor());
            arguments[0] = target;
        }
        recast(arguments, at::kFloat, small);
        stack = std::move(arguments);
    }
}

// Newer releases have these operators for tensors without values too (device "meta"): only the shapes matter there.
std::tuple<at::Tensor, at::Tensor, at::Tensor> layer_norm_shapes(
    const at::Tensor& input, c10::IntArrayRef shape, const c10::optional<at::Tensor>&, const c10::optional<at::Tensor>&, double)
{
    auto sizes = input.sizes().vec();
    std::fill(sizes.end() - shape.size(), sizes.end(), 1);
    auto wide = input.options().dtype(at::toOpMathType(input.scalar_type()));
    return {at::empty(input.sizes(), input.options()), at::empty(sizes, wide), at::empty(sizes, wide)};
}

std::tuple<at::Tensor, at::Tensor, at::Tensor> layer_norm_backward_shapes(
    const at::Tensor&, const at::Tensor& input, c10::IntArrayRef, const at::Tensor&, const at::Tensor&,
    const c10::optional<at::Tensor>& weight, const c10::optional<at::Tensor>& bias, std::array<bool, 3> wanted)
{
    auto like = [](bool wants, const at::Tensor& t) { return wants && t.defined() ? at::empty(t.sizes(), t.options()) : at::Tensor(); };
    return {like(wanted[0], input), like(wanted[1], weight.value_or(at::Tensor())), like(wanted[2], bias.value_or(at::Tensor()))};
}

at::Tensor& logical_and_shapes(const at::Tensor& left, const at::Tensor& right, at::Tensor& out)
{
    out.resize_(at::infer_size(left.sizes(), right.sizes()));
    return out;
}

at::Tensor& abs_shapes(const at::Tensor& self, at::Tensor& out)
{
    out.resize_(self.sizes());
    return out;
}

at::Tensor where_shapes(const at::Tensor& condition, const at::Tensor& x, const at::Tensor& y)
{
    return at::empty(at::infer_size(condition.sizes(), at::infer_size(x.sizes(), y.sizes())), x.options().dtype(at::result_type(x, y)));
}

TORCH_LIBRARY_IMPL(aten, Meta, m)
{
    m.impl("abs.out", abs_shapes);
    m.impl("where.self", where_shapes);
    m.impl("logical_and.out", logical_and_shapes);
    m.impl("native_layer_norm", layer_norm_shapes);
    m.impl("native_layer_norm_backward", layer_norm_backward_shapes);
}

} // namespace

EXPORT ts_operator(const char* name, const char* overload, void** operator_handle)
{
    return guarded([&] {
        auto handle = c10::Dispatcher::singleton().findSchemaOrThrow(name, overload);
        const auto& arguments = handle.schema().arguments();
        std::vector<Parameter> parameters;
        bool writes_first = false, writes_later = false;
        for (size_t i = 0; i < arguments.size(); i++) {
            parameters.push_back(describe(arguments[i]));
            if (arguments[i].alias_info() && arguments[i].alias_info()->isWrite()) (i == 0 ? writes_first : writes_later) = true;
        }
        *operator_handle = new Operator{handle, std::move(parameters), writes_first, writes_later};
    });
}

// Arguments that are not given take the schema's defaults. With capacity 0 the results are dropped.
EXPORT ts_call(const void* operator_handle, const Value* arguments, int64_t argument_count, Value* results, int64_t capacity, int64_t* result_count)
{
    return guarded([&] {
        const auto& op = *static_cast<const Operator*>(operator_handle);
        auto expected = static_cast<int64_t>(op.parameters.size());
        TORCH_CHECK(argument_count <= expected, op.handle.schema().name(), " takes ", expected, " arguments, ", argument_count, " were given");
        std::vector<IValue> stack;
        stack.reserve(expected);
        static const Value missing{TagDefault, 0, {0}};
        for (int64_t i = 0; i < expected; i++)
            stack.push_back(to_argument(i < argument_count ? arguments[i] : missing, op.parameters[i]));
        call(op, stack);
        *result_count = 0;
        if (capacity == 0) return;
        TORCH_CHECK(static_cast<int64_t>(stack.size()) <= capacity, "more results than expected");
        for (auto& item : stack) results[(*result_count)++] = to_value(std::move(item));
    });
}

EXPORT ts_free(void* memory)
{
    std::free(memory);
    return 0;
}

// ---- tensors ----

// Mirrors TensorMeta in C#.
struct Meta {
    int64_t dimensions;
    int64_t elements;
    int64_t element_size;
    int64_t storage_offset;
    int32_t scalar_type;
    int32_t device_type;
    int32_t device_index;
    int32_t flags;
};

enum MetaFlag : int32_t { MetaRequiresGrad = 1, MetaLeaf = 2, MetaContiguous = 4, MetaSparse = 8, MetaInference = 16 };

EXPORT ts_tensor_release(void* handle)
{
    return guarded([&] { c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::reclaim(static_cast<c10::TensorImpl*>(handle)); });
}

EXPORT ts_tensor_meta(void* handle, Meta* meta)
{
    return guarded([&] {
        auto t = borrow(handle);
        auto strided = t.layout() == at::kStrided;
        meta->dimensions = t.dim();
        meta->elements = t.numel();
        meta->element_size = static_cast<int64_t>(t.element_size());
        meta->storage_offset = strided ? t.storage_offset() : 0;
        meta->scalar_type = static_cast<int32_t>(t.scalar_type());
        meta->device_type = static_cast<int32_t>(t.device().type());
        meta->device_index = t.device().index();
        meta->flags = (t.requires_grad() ? MetaRequiresGrad : 0) | (t.is_leaf() ? MetaLeaf : 0) | (strided && t.is_contiguous() ? MetaContiguous : 0)
            | (strided ? 0 : MetaSparse) | (t.is_inference() ? MetaInference : 0);
    });
}

// Either target may be null; both have room for 'capacity' numbers.
EXPORT ts_tensor_layout(void* handle, int64_t* sizes, int64_t* strides, int64_t capacity)
{
    return guarded([&] {
        auto t = borrow(handle);
        TORCH_CHECK(t.dim() <= capacity, "the number of dimensions changed during the call");
        if (sizes) std::copy(t.sizes().begin(), t.sizes().end(), sizes);
        if (strides) std::copy(t.strides().begin(), t.strides().end(), strides);
    });
}

EXPORT ts_tensor_data(void* handle, void** data)
{
    return guarded([&] { *data = borrow(handle).data_ptr(); });
}

// The memory stays the caller's: 'deleter' is called with 'context' when the last user of it is gone, also if this fails.
EXPORT ts_tensor_from_blob(void* data, const int64_t* sizes, int64_t dimensions, int32_t scalar_type, void (*deleter)(void*), void* context, void** result)
{
    bool owned = false;
    auto status = guarded([&] {
        auto options = at::TensorOptions().dtype(static_cast<at::ScalarType>(scalar_type));
        auto free_memory = [deleter, context](void*) { deleter(context); };
        c10::IntArrayRef shape(sizes, dimensions);
        for (auto size : shape) TORCH_CHECK(size >= 0, "negative dimension ", size);
        owned = true;
        *result = release(at::from_blob(data, shape, free_memory, options));
    });
    if (!owned) deleter(context);
    return status;
}

// A second, separately owned reference to the same tensor object.
EXPORT ts_tensor_share(void* handle, void** result)
{
    return guarded([&] { *result = release(borrow(handle)); });
}

EXPORT ts_tensor_set_requires_grad(void* handle, int32_t value)
{
    return guarded([&] { borrow(handle).set_requires_grad(value != 0); });
}

EXPORT ts_tensor_retain_grad(void* handle)
{
    return guarded([&] { borrow(handle).retain_grad(); });
}

EXPORT ts_tensor_grad(void* handle, void** result)
{
    return guarded([&] { *result = release(borrow(handle).grad()); });
}

EXPORT ts_tensor_set_grad(void* handle, void* grad)
{
    return guarded([&] { borrow(handle).mutable_grad() = grad ? borrow(grad) : at::Tensor(); });
}

// ---- indexing ----

// Mirrors NativeIndex in C#. A slice without a bound has INT64_MIN there.
struct Index {
    int64_t kind;
    int64_t start;
    int64_t stop;
    int64_t step;
    void* tensor;
};

enum IndexKind : int64_t { IndexNone, IndexEllipsis, IndexInteger, IndexBool, IndexTensor, IndexSlice };

namespace {

c10::optional<int64_t> bound(int64_t value) { return value == INT64_MIN ? c10::nullopt : c10::optional<int64_t>(value); }

at::indexing::TensorIndex to_index(const Index& index)
{
    switch (index.kind) {
    case IndexNone: return at::indexing::None;
    case IndexEllipsis: return at::indexing::Ellipsis;
    case IndexInteger: return index.start;
    case IndexBool: return index.start != 0;
    case IndexSlice: return at::indexing::Slice(bound(index.start), bound(index.stop), bound(index.step));
    case IndexTensor: {
        auto tensor = borrow(index.tensor);
        auto type = tensor.scalar_type();
        return type == at::kInt || type == at::kShort || type == at::kChar ? tensor.to(at::kLong) : tensor;
    }
    default: TORCH_CHECK(false, "an index of unknown kind");
    }
}

std::vector<at::indexing::TensorIndex> to_indices(const Index* indices, int64_t count)
{
    std::vector<at::indexing::TensorIndex> result;
    result.reserve(count);
    for (int64_t i = 0; i < count; i++) result.push_back(to_index(indices[i]));
    return result;
}

} // namespace

EXPORT ts_index(void* handle, const Index* indices, int64_t count, void** result)
{
    return guarded([&] { *result = release(borrow(handle).index(to_indices(indices, count))); });
}

EXPORT ts_index_put(void* handle, const Index* indices, int64_t count, void* value)
{
    return guarded([&] { borrow(handle).index_put_(to_indices(indices, count), borrow(value)); });
}

// ---- autograd ----

EXPORT ts_backward(void* const* tensors, int64_t tensor_count, void* const* grads, int64_t grad_count, int32_t retain_graph, int32_t create_graph,
    void* const* inputs, int64_t input_count)
{
    return guarded([&] {
        torch::autograd::backward(borrow_all(tensors, tensor_count), borrow_all(grads, grad_count), retain_graph != 0, create_graph != 0,
            borrow_all(inputs, input_count));
    });
}

// 'results' has room for one handle per input; an unused input's is null.
EXPORT ts_grad(void* const* outputs, int64_t output_count, void* const* inputs, int64_t input_count, void* const* grads, int64_t grad_count,
    int32_t retain_graph, int32_t create_graph, int32_t allow_unused, void** results)
{
    return guarded([&] {
        auto found = torch::autograd::grad(borrow_all(outputs, output_count), borrow_all(inputs, input_count), borrow_all(grads, grad_count),
            retain_graph != 0, create_graph != 0, allow_unused != 0);
        TORCH_CHECK(static_cast<int64_t>(found.size()) == input_count, "one gradient per input was expected");
        for (size_t i = 0; i < found.size(); i++) results[i] = release(std::move(found[i]));
    });
}

// A guard belongs to the thread that made it.
EXPORT ts_inference_begin(int32_t enabled, void** inference_guard)
{
    return guarded([&] { *inference_guard = new c10::InferenceMode(enabled != 0); });
}

EXPORT ts_inference_end(void* inference_guard)
{
    return guarded([&] { delete static_cast<c10::InferenceMode*>(inference_guard); });
}

// ---- generators ----

EXPORT ts_generator_new(uint64_t seed, void** result)
{
    return guarded([&] { *result = at::make_generator<at::CPUGeneratorImpl>(seed).unsafeReleaseGeneratorImpl(); });
}

EXPORT ts_generator_default(void** result)
{
    return guarded([&] {
        auto generator = at::globalContext().defaultGenerator(at::kCPU);
        *result = generator.unsafeReleaseGeneratorImpl();
    });
}

EXPORT ts_generator_release(void* handle)
{
    return guarded([&] { c10::intrusive_ptr<c10::GeneratorImpl>::reclaim(static_cast<c10::GeneratorImpl*>(handle)); });
}

EXPORT ts_generator_seed(void* handle, uint64_t* seed)
{
    return guarded([&] { *seed = borrow_generator(handle).current_seed(); });
}

EXPORT ts_generator_set_seed(void* handle, uint64_t seed)
{
    return guarded([&] {
        auto generator = borrow_generator(handle);
        std::lock_guard<std::mutex> lock(generator.mutex());
        generator.set_current_seed(seed);
    });
}

EXPORT ts_generator_state(void* handle, void** state)
{
    return guarded([&] {
        auto generator = borrow_generator(handle);
        std::lock_guard<std::mutex> lock(generator.mutex());
        *state = release(generator.get_state());
    });
}

EXPORT ts_generator_set_state(void* handle, void* state)
{
    return guarded([&] {
        auto generator = borrow_generator(handle);
        auto new_state = borrow(state);
        std::lock_guard<std::mutex> lock(generator.mutex());
        generator.set_state(new_state);
    });
}

// ---- settings ----

enum Setting : int32_t { GradMode, InferenceModeOn, AnomalyMode, AnomalyChecksNaN, Tf32MatMul, Tf32Convolution, ReducedFloat16, Threads, InteropThreads, DeterministicAlgorithms };

EXPORT ts_get(int32_t setting, int64_t* value)
{
    return guarded([&] {
        auto& context = at::globalContext();
        switch (setting) {
        case GradMode: *value = c10::GradMode::is_enabled(); break;
        case InferenceModeOn: *value = c10::InferenceMode::is_enabled(); break;
        case AnomalyMode: *value = torch::autograd::AnomalyMode::is_enabled(); break;
        case AnomalyChecksNaN: *value = torch::autograd::AnomalyMode::should_check_nan(); break;
        case Tf32MatMul: *value = context.allowTF32CuBLAS(); break;
        case Tf32Convolution: *value = context.allowTF32CuDNN(); break;
        case ReducedFloat16: *value = context.allowFP16ReductionCuBLAS(); break;
        case Threads: *value = at::get_num_threads(); break;
        case InteropThreads: *value = at::get_num_interop_threads(); break;
        case DeterministicAlgorithms: *value = context.deterministicAlgorithms(); break;
        default: TORCH_CHECK(false, "unknown setting ", setting);
        }
    });
}

EXPORT ts_set(int32_t setting, int64_t value)
{
    return guarded([&] {
        auto& context = at::globalContext();
        auto on = value != 0;
        switch (setting) {
        case GradMode: c10::GradMode::set_enabled(on); break;
        case AnomalyMode: torch::autograd::AnomalyMode::set_enabled(on, torch::autograd::AnomalyMode::should_check_nan()); break;
        case AnomalyChecksNaN: torch::autograd::AnomalyMode::set_enabled(torch::autograd::AnomalyMode::is_enabled(), on); break;
        case Tf32MatMul: context.setAllowTF32CuBLAS(on); break;
        case Tf32Convolution: context.setAllowTF32CuDNN(on); break;
        case ReducedFloat16: context.setAllowFP16ReductionCuBLAS(on); break;
        case Threads:
        case InteropThreads:
            TORCH_CHECK(value > 0 && value <= INT32_MAX, "expected a positive number of threads");
            if (setting == Threads) at::set_num_threads(static_cast<int>(value));
            else at::set_num_interop_threads(static_cast<int>(value));
            break;
        default: TORCH_CHECK(false, "this setting cannot be changed: ", setting);
        }
    });
}

enum Text : int32_t { TextLastError, TextVersion, TextParallelInfo, TextBuild };

// Copies as much as fits and reports the full length.
EXPORT ts_text(int32_t kind, char* target, int64_t capacity, int64_t* length)
{
    auto error = last_error;
    return guarded([&] {
        std::string text;
        switch (kind) {
        case TextLastError: text = std::move(error); break;
        case TextVersion: text = TORCH_VERSION; break;
        case TextParallelInfo: text = at::get_parallel_info(); break;
        case TextBuild: text = at::show_config(); break;
        default: TORCH_CHECK(false, "unknown text ", kind);
        }
        *length = static_cast<int64_t>(text.size());
        std::memcpy(target, text.data(), std::min(static_cast<size_t>(capacity), text.size()));
    });
}
