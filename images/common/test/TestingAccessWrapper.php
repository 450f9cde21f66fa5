<?php

namespace Wikimedia;

use DomainException;
use InvalidArgumentException;
use ReflectionClass;
use ReflectionException;
use ReflectionMethod;
use ReflectionProperty;

/**
 * Reaches private and protected members in tests: the interface of composer's wikimedia/testing-access-wrapper.
 */
class TestingAccessWrapper {
	/** The wrapped object; null where a class is wrapped for its static members. */
	public $object;
	/** @var class-string */
	public $class;

	private function __construct( ?object $object, string $class ) {
		$this->object = $object;
		$this->class = $class;
	}

	public static function newFromObject( $object ): self {
		if ( !is_object( $object ) ) {
			throw new InvalidArgumentException( 'newFromObject() takes an object' );
		}
		return new self( $object, get_class( $object ) );
	}

	public static function newFromClass( $className ): self {
		if ( !is_string( $className ) || !class_exists( $className ) ) {
			throw new InvalidArgumentException( 'newFromClass() takes the name of a class' );
		}
		return new self( null, $className );
	}

	/** Calls a constructor that is not public. */
	public static function construct( $className, ...$args ): object {
		$class = new ReflectionClass( $className );
		$object = $class->newInstanceWithoutConstructor();
		$constructor = $class->getConstructor();
		if ( $constructor !== null ) {
			$constructor->setAccessible( true );
			$constructor->invokeArgs( $object, $args );
		}
		return $object;
	}

	public static function constant( $className, $constantName ) {
		$class = new ReflectionClass( $className );
		if ( !$class->hasConstant( $constantName ) ) {
			throw new ReflectionException( "constant $className::$constantName does not exist" );
		}
		return $class->getConstant( $constantName );
	}

	public function __call( $method, $args ) {
		$member = $this->declared( 'hasMethod', $method );
		if ( $member === null ) {
			if ( $this->object !== null && is_callable( [ $this->object, $method ] ) ) {
				return $this->object->$method( ...$args );
			}
			throw new ReflectionException( "method {$this->class}::$method() does not exist" );
		}
		$reflection = new ReflectionMethod( $member, $method );
		if ( $this->object === null && !$reflection->isStatic() ) {
			throw new DomainException( "{$this->class}::$method() is not static and no object is wrapped" );
		}
		$reflection->setAccessible( true );
		return $reflection->invokeArgs( $reflection->isStatic() ? null : $this->object, $args );
	}

	public function __set( $name, $value ) {
		$property = $this->property( $name );
		if ( $property === null ) {
			$this->object->$name = $value;
		} elseif ( $property->isStatic() ) {
			$property->setValue( null, $value );
		} else {
			$property->setValue( $this->object, $value );
		}
	}

	public function &__get( $name ) {
		$property = $this->property( $name );
		if ( $property === null ) {
			return $this->object->$name;
		}
		if ( $property->isStatic() ) {
			$value = $property->getValue();
			return $value;
		}
		// By reference, so that tests can write into a private array: $wrapper->cache['key'] = 1.
		$get = function &() use ( $name ) {
			return $this->$name;
		};
		$bound = $get->bindTo( $this->object, $property->getDeclaringClass()->getName() );
		return $bound();
	}

	public function __isset( $name ) {
		$property = $this->property( $name );
		if ( $property === null ) {
			return isset( $this->object->$name );
		}
		return $property->getValue( $property->isStatic() ? null : $this->object ) !== null;
	}

	/** Null for a property that only the object has (dynamic, or through its own __get). */
	private function property( string $name ): ?ReflectionProperty {
		$class = $this->declared( 'hasProperty', $name );
		if ( $class === null ) {
			if ( $this->object === null ) {
				throw new ReflectionException( "property {$this->class}::\$$name does not exist" );
			}
			return null;
		}
		$property = new ReflectionProperty( $class, $name );
		if ( $this->object === null && !$property->isStatic() ) {
			throw new DomainException( "{$this->class}::\$$name is not static and no object is wrapped" );
		}
		$property->setAccessible( true );
		return $property;
	}

	/** The class or its nearest parent that has the member: reflection hides a parent's private ones. */
	private function declared( string $has, string $name ): ?string {
		for ( $class = new ReflectionClass( $this->class ); $class; $class = $class->getParentClass() ) {
			if ( $class->$has( $name ) ) {
				return $class->getName();
			}
		}
		return null;
	}
}
